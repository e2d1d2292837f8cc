// Weir's own script: the stream, the three ways an answer is put on the page, the keys, and what a page remembers.
// The server draws; this file never makes markup. What it acts on is named by data attributes and ids of the views.
(() => {
  "use strict";
  const root = document.documentElement;
  const $ = (id) => document.getElementById(id);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const on = (type, handler, capture = false) => document.addEventListener(type, handler, capture);
  let mouse = false; // the last pointer was one that rests above things; a finger does not
  for (const type of ["pointerover", "pointerdown"]) on(type, (e) => { mouse = e.pointerType === "mouse"; }, true);

  // A browser may forbid storage; a page without memory still works.
  const memory = (store) => ({
    get: (key) => { try { return store().getItem(key); } catch { return null; } },
    set: (key, value) => { try { value ? store().setItem(key, value) : store().removeItem(key); } catch { /* forgotten */ } },
  });
  const tab = memory(() => sessionStorage); // drafts: for this tab, gone with it
  const machine = memory(() => localStorage); // which blocks stand open

  // ── The stream: a ring names a topic, the ears of the page ask what is new ──────────────────────────────────────

  const patience = 400; // ms before anything but "live" is shown: a blink is no news
  const lossShown = 3000; // ms without a stream until it is called offline
  const silence = 60000; // ms without a beat until a stream that looks open is taken for dead; beats come every 25 s
  let source, listening = null, opened = false, tries = 0, lostAt = Date.now(), asking = 0, signTimer, beatTimer, retryTimer;

  function listen() {
    const shell = $("shell");
    if (!shell) return;
    source?.close();
    clearTimeout(retryTimer);
    listening = $("at")?.value ?? "";
    opened = false;
    const about = shell.dataset.stream ?? (listening ? "session=" + encodeURIComponent(listening) : "");
    source = new EventSource("/live" + (about ? "?" + about : ""));
    source.onopen = () => { opened = true; tries = 0; clearTimeout(beatTimer); sign(); sendLater(); };
    source.onerror = lost;
    for (const topic of ["lists", "thread", "beside", "monitor"]) source.addEventListener(topic, () => ask(topic));
    source.addEventListener("beat", () => { clearTimeout(beatTimer); beatTimer = setTimeout(lost, silence); });
  }

  // Not left to EventSource: it does not come back from an answer that is not 200, and cannot say that it was a 401. So a
  // stream that never opened asks for the lists, too, and a login that has ended shows itself there.
  function lost() {
    source.close();
    clearTimeout(beatTimer);
    if (opened) lostAt = Date.now(); else ask("lists");
    opened = false;
    const wait = Math.min(4000, 500 * 2 ** tries++) * (0.7 + 0.6 * Math.random());
    clearTimeout(retryTimer);
    retryTimer = setTimeout(listen, wait);
    sign();
    setTimeout(sign, lossShown + 50);
  }

  const ask = (topic) => document.body.dispatchEvent(new CustomEvent(topic));

  function sign() {
    const state = opened ? (asking ? "catching" : "live") : Date.now() - lostAt > lossShown || !navigator.onLine ? "offline" : "catching";
    clearTimeout(signTimer);
    if (state === "live") show(state);
    else signTimer = setTimeout(show, patience, state);
  }

  function show(state) {
    root.dataset.live = state;
    const live = $("live");
    if (!live || live.dataset.state === state) return;
    live.dataset.state = state;
    live.textContent = live.dataset[state];
    live.classList.toggle("is-catching", state === "catching");
    live.classList.toggle("is-offline", state === "offline");
  }

  addEventListener("offline", () => { if ($("shell")) lost(); });
  addEventListener("online", () => { if ($("shell") && !opened) { tries = 0; listen(); } });

  // ── Answers ─────────────────────────────────────────────────────────────────────────────────────────────────────

  const isEar = (element) => element?.matches?.("[data-ear]");

  // The end is heard from the request itself: htmx tells nothing of an ear that was taken off the page while it waited.
  on("htmx:beforeRequest", (e) => {
    if (!isEar(e.detail.elt)) return;
    asking++;
    sign();
    e.detail.xhr.addEventListener("loadend", () => { asking--; sign(); });
  });
  // What an ear asked for about a sheet that is going is not waited for: htmx would look for its places on the next one.
  on("htmx:beforeCleanupElement", (e) => { if (isEar(e.target)) htmx.trigger(e.target, "htmx:abort"); });
  on("htmx:afterRequest", (e) => { if (!isEar(e.detail.elt) && e.detail.elt.id !== "text" && e.detail.successful) $("problem")?.replaceChildren(); });
  on("htmx:beforeSwap", (e) => {
    const { xhr, requestConfig: { elt } } = e.detail;
    if (xhr.status === 401) {
      e.detail.shouldSwap = false;
      location.assign("/login?next=" + encodeURIComponent(location.pathname));
    } else if (xhr.status === 404 && elt.closest?.("#scroll") && isEar(elt) && /html/.test(xhr.getResponseHeader("Content-Type"))) {
      return; // what stands open is another's now: the sheet says so, and what was written stays
    } else if (xhr.status >= 400 && isEar(elt) || late(e.detail)) {
      e.detail.shouldSwap = false; // nobody asked for it; the next ring asks again
    } else if (xhr.status >= 400 && elt.closest("#hand")) {
      e.detail.target = $("hand-problem"); // beside what was chosen, not behind it
    }
  });

  // A session is handed on in a dialog, which the server fills.
  on("htmx:afterSwap", (e) => { if (e.target.id === "hand" && !$("hand").open) $("hand").showModal(); });
  on("htmx:afterRequest", (e) => { if (e.detail.xhr.status < 300 && e.detail.requestConfig.verb !== "get" && e.detail.elt.matches("#hand form")) $("hand").close(); });

  // An answer about a session that stands open no more, or older than what the page has read since, would take the head, the
  // quota and the delivery signs back to what they were.
  function late({ target, xhr }) {
    if (target?.id !== "messages") return false;
    const [was] = $("bookmark")?.querySelector("[name=version]").value.split(".") ?? [0];
    return !target.isConnected || +(xhr.getResponseHeader("Weir-Version") ?? was) < +was;
  }

  htmx.defineExtension("weir", {
    isInlineSwap: (style) => style === "messages" || style === "lists" || style === "morph",
    handleSwap(style, target, fragment) {
      if (style === "morph") return morph(target, fragment.firstElementChild);
      if (style === "messages") return messages(target, fragment);
      if (style === "lists") return lists(fragment.querySelector("#lists"));
      return false;
    },
  });

  // What somebody is writing just now stays.
  function morph(target, next) {
    const { id } = target;
    const ignoreActiveValue = document.activeElement.matches("textarea, input:not([type=checkbox], [type=radio])");
    Idiomorph.morph(target, next, { morphStyle: "outerHTML", ignoreActiveValue, callbacks: { beforeNodeMorphed: mayMorph, beforeAttributeUpdated: mayChange } });
    return [$(id)];
  }

  // Messages are put where their place says, and morphed where they stand already: in whatever order answers arrive, and
  // however often, the thread is the same.
  function messages(target, fragment) {
    const scroll = $("scroll");
    const atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
    const anchor = all("#messages > li[id^='m-']").find((li) => li.offsetTop + li.offsetHeight > scroll.scrollTop);
    const was = anchor?.offsetTop;
    const items = [...fragment.children].filter((child) => child.matches("li[data-place]"));
    const arrived = items.filter((li) => li.classList.contains("in") && !$(li.id));
    const mine = items.some((li) => li.matches(".out.going, .wr-note.own") && !$(li.id));
    const done = items.map((li) => put(target, li));
    if (atEnd || mine) toEnd();
    else {
      if (anchor?.isConnected) scroll.scrollTop += anchor.offsetTop - was;
      const last = Math.max(...all("#messages > li").map((li) => +li.dataset.place));
      pill(arrived.filter((li) => +li.dataset.place > last - items.length).length);
    }
    return done;
  }

  function put(list, li) {
    const old = $(li.id);
    if (old && old.dataset.place === li.dataset.place) {
      Idiomorph.morph(old, li, { morphStyle: "outerHTML" });
      return $(li.id);
    }
    old?.remove();
    let above = list.lastElementChild;
    while (above && +above.dataset.place > +li.dataset.place) above = above.previousElementSibling;
    above ? above.after(li) : list.prepend(li);
    return li;
  }

  // What stands at the thread's end stays in sight when the room for it shrinks: a phone's keyboard, a taller composer.
  let following = true, tall = 0; // the room that was last made use of, px
  const room = new ResizeObserver(() => { tall = $("scroll")?.clientHeight; if (following) toEnd(); });
  function follow(end) {
    following = end;
    room.disconnect();
    if ($("scroll")) room.observe($("scroll"));
  }

  function toEnd() {
    const scroll = $("scroll");
    if (scroll) scroll.scrollTop = scroll.scrollHeight;
    following = true; // and not only when the browser tells of the scrolling: the keyboard may come first
    pill(0);
  }

  let below = 0; // messages that came below what is being read
  function pill(n) {
    const button = $("new-pill");
    if (!button) return;
    below = n ? below + n : 0;
    button.hidden = !below;
    button.textContent = button.dataset.say.replace("{}", below);
  }

  // While the pointer is over the lists, or a key was pressed in them just now, rows change where they stand: nothing
  // moves, leaves or arrives. What came is counted behind the section's number and let in when the hand has gone.
  const handRests = 2000; // ms after a key
  let held = null, keyAt = 0;
  const holding = () => (mouse && $("sections")?.matches(":hover")) || Date.now() - keyAt < handRests;

  function lists(next) {
    const now = $("lists");
    mark(next); // what stands open may be another than when the lists were asked for
    announce(now, next);
    if (holding()) {
      if (!held) setTimeout(letIn, 300);
      held = next.cloneNode(true);
      inPlace(now, next);
    } else held = null;
    const at = all(".wr-row").indexOf(document.activeElement);
    Idiomorph.morph(now, next, { morphStyle: "outerHTML", callbacks: { beforeNodeMorphed: mayMorph, beforeAttributeUpdated: mayChange } });
    if (at >= 0 && !document.activeElement?.closest(".wr-row")) { // the row that had the focus has gone: its neighbour has it
      const rows = all(".wr-row");
      rows[Math.min(at, rows.length - 1)]?.focus();
    }
    title();
    return [$("lists")];
  }

  function mark(lists) {
    const id = $("at")?.value;
    for (const row of all(".wr-row:not(.wr-hit)", lists)) {
      const here = id && row.parentElement.id === "s-" + id;
      here ? row.setAttribute("aria-current", "true") : row.removeAttribute("aria-current");
    }
  }

  function inPlace(now, next) {
    const rows = new Map(all("li[id]", next).map((li) => [li.id, li]));
    for (const section of all("[data-section]", next)) {
      const fresh = all("li[id]", section).filter((li) => !$(li.id)).length;
      section.querySelector("[data-held]").textContent = fresh ? "· +" + fresh : "";
    }
    for (const section of all("[data-section]", next)) {
      const stand = all(`[data-section="${section.dataset.section}"] li[id]`, now);
      section.querySelector("ul").replaceChildren(...stand.map((li) => rows.get(li.id) ?? li.cloneNode(true)));
    }
  }

  function letIn() {
    if (!held) return;
    if (holding()) return void setTimeout(letIn, 300);
    const next = held;
    held = null;
    lists(next).forEach((element) => htmx.process(element));
  }

  // The live sign, an open menu, the chosen counter: they belong to the person, not to the answer.
  const mayMorph = (old) => !old.matches?.("[data-keep]");
  const mayChange = (attribute, node) => !(
    (attribute === "open" && node.matches("details")) ||
    (attribute === "aria-pressed" && node.matches("[data-jump]")) ||
    (attribute === "data-filter")
  );

  // One quiet line for screen readers, at most every five seconds: lists are not live regions.
  let saidAt = 0;
  function announce(now, next) {
    const unread = (li) => +(li?.querySelector(".wr-unread")?.lastChild.textContent ?? 0);
    const row = all("li[id]", next).find((li) => unread(li) > unread(now.querySelector("#" + CSS.escape(li.id))));
    if (!row || Date.now() - saidAt < 5000) return;
    saidAt = Date.now();
    $("said").textContent = $("said").dataset.say.replace("{}", row.querySelector(".who").textContent);
  }

  on("htmx:oobAfterSwap", (e) => { if (e.detail.target.id === "head-name") title(); });
  function title() {
    const waiting = +($("lists")?.dataset.badge ?? 0);
    const name = document.querySelector("#open[data-title], #open [data-title]")?.dataset.title;
    if (name) document.title = waiting ? `(${waiting}) ${name}` : name;
  }

  // ── A session is opened ─────────────────────────────────────────────────────────────────────────────────────────

  on("htmx:load", (e) => {
    const open = e.detail.elt.id === "open" ? e.detail.elt : e.detail.elt === document.body ? $("open") : null;
    if (!open) return;
    const id = open.dataset.session ?? "";
    mark(document);
    below = 0;
    const text = $("text");
    if (text && !text.value) text.value = tab.get("draft:" + id) ?? "";
    all("details[data-remember]", open).forEach((block) => { block.open = machine.get("shut:" + block.id) !== "1"; });
    const unseen = $("new"), sought = open.querySelector("[data-sought]");
    if (sought) seek(sought);
    else unseen ? ($("scroll").scrollTop = unseen.offsetTop - 80) : toEnd();
    follow(!unseen && !sought);
    title();
    if (listening !== null && listening !== id) { tries = 0; listen(); }
    if (byPointer && mouse && !sought) text?.focus();
  });

  // What was searched for stands in the middle; what was said after it, and is not here yet, is asked for.
  function seek(li) {
    li.scrollIntoView({ block: "center" });
    li.focus({ preventScroll: true });
    ask("thread");
  }

  let byPointer = false; // opened by a click, the hand goes on to write; opened by a key, it goes on with keys
  on("click", (e) => {
    const row = e.target.closest?.("a[hx-get]");
    if (!row) return;
    if (e.ctrlKey || e.metaKey || e.shiftKey || e.altKey) return void e.stopImmediatePropagation(); // the browser's own: a new tab
    byPointer = e.detail > 0;
  }, true);

  on("toggle", (e) => {
    if (e.target.matches?.("details[data-remember]")) machine.set("shut:" + e.target.id, e.target.open ? "" : "1");
  }, true);

  // ── Writing ─────────────────────────────────────────────────────────────────────────────────────────────────────

  const form = () => $("composer");
  const draft = () => {
    if (!$("text")) return;
    tab.set("draft:" + form().dataset.session, [...box(form()).rest, $("text").value].join("\n"));
    if (!$("text").value) begun.clear(); else if (!begun.get()) begun.set(read());
  };

  // A text says how far the thread had been read when it was begun. Where the customer wrote meanwhile, the server holds it back once
  // and says what; then it counts as read.
  const read = () => $("bookmark").querySelector("[name=after]").value;
  const begun = (() => {
    const key = () => "begun:" + form().dataset.session;
    return { get: () => tab.get(key()), set: (seq, session) => tab.set(session ? "begun:" + session : key(), seq), clear: () => tab.set(key(), "") };
  })();
  const reads = new Map(); // of texts that wait for the one before them
  on("input", (e) => { if (e.target.id === "text") draft(); });

  on("keydown", (e) => {
    if (e.target.id !== "text" || e.key !== "Enter" || e.shiftKey || e.isComposing || e.keyCode === 229) return; // 229: an input method is choosing
    e.preventDefault();
    form().requestSubmit();
  });

  // Files come by the button, from the clipboard, or are dropped. The server shows each as it will be sent; its button then has the
  // focus, so that Enter sends it.
  function attach(files) {
    if (!$("files") || !files.length || form().hidden || form().querySelector(".cannot-write")) return false;
    $("files").files = files;
    $("files").dispatchEvent(new Event("change", { bubbles: true }));
    return true;
  }
  on("paste", (e) => { if (e.target.id === "text" && !e.clipboardData.types.includes("text/plain") && attach(e.clipboardData.files)) e.preventDefault(); });
  on("dragover", (e) => { if ($("files") && e.dataTransfer.types.includes("Files")) e.preventDefault(); });
  on("drop", (e) => { if ($("files") && e.dataTransfer.files.length) { e.preventDefault(); attach(e.dataTransfer.files); } });
  const uploads = (e) => e.detail.elt.id === "uploader";
  on("htmx:beforeRequest", (e) => { if (uploads(e)) $("uploading").hidden = false; });
  on("htmx:xhr:progress", (e) => { if (e.target.id === "uploader" && e.detail.lengthComputable) $("uploading").lastElementChild.value = e.detail.loaded / e.detail.total; });
  on("htmx:afterRequest", (e) => {
    if (uploads(e)) {
      $("uploading").hidden = true;
      e.detail.elt.reset();
      $("tray")?.querySelector("li:last-child .btn-primary")?.focus();
    } else if (e.detail.successful && e.detail.elt.closest("#tray li")) drop(e.detail.elt);
  });
  function drop(element) {
    element.closest("li").remove();
    ($("tray").querySelector(".btn-primary") ?? $("text"))?.focus();
  }

  function insert(text) {
    const field = $("text");
    field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
    draft();
    field.focus();
  }

  // The text leaves the field when it is sent, so that one can write on at once. What is sent before the last has arrived waits
  // for it: texts stand in the order in which they were written. What does not arrive comes back into the field, with its key:
  // the same key makes the same message, so trying again never sends twice.
  const boxes = new WeakMap(); // of each composer: what is on its way, and what waits for it
  const box = (form) => boxes.get(form) ?? boxes.set(form, { going: null, next: null, rest: [] }).get(form);
  const returned = new Map(); // of each session: what came back

  on("submit", (e) => {
    if (e.target.id !== "composer") return;
    const { going, next, rest } = box(e.target), text = $("text").value;
    const now = text.trim() !== "" && !going && root.dataset.live !== "offline";
    if (now || next !== null) return;
    e.preventDefault();
    e.stopImmediatePropagation();
    if (text.trim() === "") return;
    if (!going) return void (e.target.dataset.later = "1"); // sent by sendLater
    rest.push(text);
    reads.set(text, begun.get() ?? read());
    $("text").value = "";
    draft();
  }, true);

  function sendLater() {
    root.dataset.live = "live";
    if (!form()?.dataset.later) return;
    delete form().dataset.later;
    form().requestSubmit();
  }

  function sendNext(form) {
    const b = box(form);
    b.next = b.rest.shift();
    form.requestSubmit();
    b.next = null;
  }

  on("htmx:configRequest", (e) => {
    if (e.detail.elt !== form()) return;
    const { parameters, elt } = e.detail, b = box(elt), { session } = elt.dataset;
    const text = b.next ?? parameters.get("text");
    const key = returned.get(session)?.text === text ? returned.get(session).key : newKey();
    parameters.set("text", text);
    parameters.set("key", key);
    const seen = (b.next === null ? null : reads.get(text)) ?? begun.get() ?? read();
    parameters.set("read", seen);
    b.going = { text, key, seen };
    elt.setAttribute("aria-busy", "true");
    if (b.next !== null) return;
    $("text").value = "";
    begun.clear();
  });
  on("htmx:beforeRequest", (e) => {
    const { elt, xhr } = e.detail;
    if (elt.id === "composer") xhr.addEventListener("loadend", () => arrived(elt, xhr)); // also when another session stands open by then
  });

  function arrived(from, xhr) {
    const b = box(from), { session } = from.dataset, went = b.going, { status } = xhr;
    const done = status >= 200 && status < 300;
    b.going = null;
    from.removeAttribute("aria-busy");
    if (!done) begun.set(xhr.getResponseHeader("Weir-Read") ?? went.seen, session);
    if (done) returned.delete(session); else returned.set(session, went);
    if (done && b.rest.length > 0 && from.isConnected) { sendNext(from); return draft(); }
    const here = form()?.dataset.session === session ? $("text") : null;
    const back = [...(done ? [] : [went.text]), ...b.rest.splice(0)];
    if (here) here.value = [...back, ...(here.value ? [here.value] : [])].join("\n");
    if (here) draft(); else tab.set("draft:" + session, back.join("\n"));
    if (!status) lost(); // nobody answered: the stream does not know yet
  }

  // Not crypto.randomUUID: it is missing where a desk is served without TLS.
  const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

  // ── Time passes ─────────────────────────────────────────────────────────────────────────────────────────────────

  const shell = $("shell");
  const skew = shell ? +shell.dataset.clock - Date.now() / 1000 : 0; // the server's clock is the one that counts
  const limits = shell?.dataset.limits.split(",").map(Number);
  const heights = [0, 6, 14, 27, 40];

  function age(seconds) {
    const say = (phrase, n) => shell.dataset[phrase].replace("{}", Math.floor(n));
    if (seconds < 5) return shell.dataset.now;
    if (seconds < 60) return say("seconds", seconds);
    if (seconds < 3600) return say("minutes", seconds / 60);
    return say("hours", seconds / 3600);
  }

  function tick() {
    const now = Date.now() / 1000 + skew;
    for (const element of all("[data-since]")) {
      const seconds = now - element.dataset.since;
      if (seconds >= 86400) continue; // by then it is a date, and the server's
      const text = element.querySelector("[data-text]") ?? element;
      const say = (element.dataset.say ?? "{}").replace("{}", age(seconds));
      if (text.textContent !== say) text.textContent = say;
      if ("warms" in element.dataset) warm(element, seconds);
    }
    const until = document.querySelector("[data-until]");
    if (until && until.dataset.until - now <= 0) ask("thread"); // the quota's time is over: what can be done has changed
    else if (until) until.textContent = "· " + until.dataset.say.replace("{}", left(until.dataset.until - now));
  }

  function left(seconds) {
    if (seconds < 300 && seconds >= 60) return age(seconds) + " " + shell.dataset.seconds.replace("{}", Math.floor(seconds % 60));
    if (seconds < 3600) return age(Math.max(5, seconds));
    const minutes = Math.floor((seconds % 3600) / 60);
    return age(seconds) + (minutes ? " " + shell.dataset.minutes.replace("{}", minutes) : "");
  }

  function warm(element, seconds) {
    const degree = limits.filter((limit) => seconds >= limit).length;
    const set = (e) => { for (let i = 0; i <= 4; i++) e.classList.toggle("wait-" + i, i === degree); };
    set(element);
    const level = element.closest(".wr-row")?.querySelector(".wr-level");
    if (!level) return;
    set(level);
    const [from, to] = [[0, ...limits][degree], limits[degree]];
    const height = degree > 3 ? 40 : degree < 1 ? 0 : Math.floor(heights[degree] + ((heights[degree + 1] - heights[degree]) * (seconds - from)) / (to - from));
    level.firstElementChild.setAttribute("height", height);
    level.firstElementChild.setAttribute("y", 40 - height);
  }

  // ── Buttons and keys ────────────────────────────────────────────────────────────────────────────────────────────

  const go = (row) => { row?.click(); row?.scrollIntoView({ block: "nearest" }); };
  const rows = () => all($("found")?.firstElementChild ? "#found .wr-row" : ".wr-row"); // what was found stands in the place of the lists
  const step = (by) => { const list = rows(), at = list.findIndex((row) => row.hasAttribute("aria-current")); go(list[at < 0 ? 0 : at + by]); };

  const acts = {
    take: () => go(document.querySelector('[data-section="waiting"] .wr-row') ?? rows()[0]),
    unread: () => { const list = rows(), at = list.findIndex((row) => row.hasAttribute("aria-current")); go([...list.slice(at + 1), ...list.slice(0, Math.max(0, at))].find((row) => row.matches(".is-unread"))); },
    close: () => { const button = $("close"); document.activeElement === button ? button?.click() : button?.focus(); }, // twice: it cannot be undone
    write: () => { document.dispatchEvent(new Event("weir:reply")); $("text")?.focus(); },
    note: () => document.dispatchEvent(new Event("weir:note")),
    rewrite: () => { $("problem").replaceChildren(); acts.write(); },
    keys: () => $("keys")?.showModal(),
    shut: () => document.querySelector("dialog[open]")?.close(),
    attach: () => $("files").click(),
    quick: () => document.dispatchEvent(new CustomEvent("weir:quick")), // quick.js
    transfer: () => $("act-transfer")?.click(),
    invite: () => $("act-invite")?.click(),
    search: () => { $("q")?.focus(); $("q")?.select(); },
    leave: () => document.dispatchEvent(new CustomEvent("weir:leave")), // search.js
    side: () => {
      const open = $("open"), shown = open.dataset.side === "open";
      shown ? delete open.dataset.side : (open.dataset.side = "open");
      open.querySelector("[aria-controls=side]")?.setAttribute("aria-expanded", String(!shown));
    },
    back: () => {
      const back = document.querySelector("[data-back]");
      if ($("open")?.dataset.side === "open") acts.side();
      else if (back?.checkVisibility?.() ?? back?.offsetParent) back.click();
      else (rows().find((row) => row.hasAttribute("aria-current")) ?? rows()[0])?.focus();
    },
  };
  const keys = { j: () => step(1), k: () => step(-1), a: acts.take, u: acts.unread, t: acts.transfer, i: acts.invite, e: acts.close, r: acts.write, s: acts.search, "/": acts.quick, n: acts.note, "?": acts.keys };

  on("keydown", (e) => {
    if (!shell || e.ctrlKey || e.metaKey || e.altKey || e.isComposing || document.querySelector("dialog[open]")) return;
    const menu = document.querySelector(".wr-menu[open]");
    if (e.key === "Escape") {
      if (menu) { menu.open = false; menu.querySelector("summary").focus(); } else acts.back();
      return;
    }
    if (e.target.closest("input, textarea, select, [contenteditable]")) return;
    if (e.target.closest("#lists")) keyAt = Date.now();
    const act = keys[e.key.toLowerCase()];
    if (!act || e.repeat) return;
    e.preventDefault();
    byPointer = false;
    act();
  });

  on("click", (e) => {
    const picture = e.target.closest?.("[data-zoom]");
    if (picture && !e.ctrlKey && !e.metaKey && !e.shiftKey && $("lightbox")?.showModal) {
      e.preventDefault();
      $("lightbox").querySelector("img").src = picture.href;
      $("lightbox").showModal();
      return;
    }
    if (e.target.id === "lightbox") { e.target.close(); return; } // beside the image
    const target = e.target.closest?.("[data-act], [data-jump], [data-copy], [data-copy-from], [data-edit], [data-dismiss], [data-drop], [data-insert], #new-pill");
    for (const menu of all(".wr-menu[open]")) if (!menu.contains(e.target) || e.target.closest(".wr-pick")) menu.open = false;
    if (!target) return;
    const { act, jump: section, copy: text, copyFrom: from, edit } = target.dataset;
    if (act) acts[act]?.();
    else if (section) jump(target, section);
    else if (text !== undefined) copy(target, text);
    else if (from) copy(target, $(from).value);
    else if (edit !== undefined) { $("text").value = edit; draft(); acts.write(); }
    else if (target.dataset.insert) insert(target.dataset.insert);
    else if ("drop" in target.dataset) drop(target);
    else if ("dismiss" in target.dataset) $("problem").replaceChildren();
    else toEnd();
  });

  // The first press goes to the section, the second shows it alone, the third all again.
  function jump(button, name) {
    const sections = $("sections"), again = button.getAttribute("aria-pressed") === "true";
    all("[data-jump]").forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
    if (again && !sections.dataset.filter) sections.dataset.filter = name;
    else delete sections.dataset.filter;
    sections.scrollTop = $("section-" + name).offsetTop;
  }

  async function copy(button, text) {
    if (navigator.clipboard) await navigator.clipboard.writeText(text);
    else { // without TLS
      const field = Object.assign(document.createElement("textarea"), { value: text });
      button.after(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
    const label = button.textContent;
    button.textContent = button.dataset.copied;
    setTimeout(() => { button.textContent = label; }, 2000);
  }

  on("scroll", (e) => {
    const s = e.target;
    if (s.id !== "scroll" || s.clientHeight !== tall) return; // a scroll of before the room changed says nothing of now
    following = s.scrollHeight - s.scrollTop - s.clientHeight < 80;
    if (below && following) pill(0);
  }, true);

  if (shell) {
    listen();
    sign();
    setInterval(tick, 15000);
    setInterval(() => { // the last minutes of the quota are counted in seconds
      const until = document.querySelector("[data-until]");
      if (until && until.dataset.until - Date.now() / 1000 - skew < 300) tick();
    }, 1000);
  }
})();
