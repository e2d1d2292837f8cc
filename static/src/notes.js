// Notes to colleagues: their form stands in the composer's place, and what is written in one never goes to the other. Typing @ offers
// colleagues. The server draws; what a note names is found in its text by the server.
(() => {
  "use strict";
  const $ = (id) => document.getElementById(id);
  const on = (type, handler, capture = false) => document.addEventListener(type, handler, capture);
  const kept = { // of this tab, by session, as the drafts of replies are
    get: (session) => { try { return sessionStorage.getItem("note:" + session) ?? ""; } catch { return ""; } },
    set: (session, text) => { try { text ? sessionStorage.setItem("note:" + session, text) : sessionStorage.removeItem("note:" + session); } catch { /* forgotten */ } },
  };

  function write(note) {
    if (!$("noter")) return;
    $("noter").hidden = !note;
    $("composer").hidden = note;
    if (note) $("note").focus();
    else shut();
  }
  on("weir:note", () => write(true));
  on("weir:reply", () => write(false));
  on("htmx:load", (e) => {
    if (e.detail.elt.id !== "open" && e.detail.elt !== document.body || !$("noter")) return;
    if (!$("note").value) $("note").value = kept.get($("noter").dataset.session);
  });

  // ── Sending: the text stays in the field until it is in. The same key makes the same note. ──────────────────────

  const forget = () => { $("noter").elements.key.value = ""; };
  on("input", (e) => {
    if (e.target.id !== "note") return;
    kept.set($("noter").dataset.session, e.target.value);
    forget();
    offer(e);
  });
  on("compositionend", (e) => { if (e.target.id === "note") offer(e); });
  on("submit", (e) => {
    if (e.target.id === "noter" && !$("note").value.trim()) { e.preventDefault(); e.stopImmediatePropagation(); }
  }, true);
  on("htmx:configRequest", (e) => {
    const { elt, parameters } = e.detail;
    if (elt.id !== "noter") return;
    const { key } = elt.elements;
    key.value ||= [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    parameters.set("key", key.value);
    for (const [name, uid] of picked) if (elt.elements.note.value.includes("@" + name)) parameters.append("named", uid);
    elt.elements.note.readOnly = true;
    elt.setAttribute("aria-busy", "true");
  });
  on("htmx:beforeRequest", (e) => {
    const { elt, xhr } = e.detail;
    if (elt.id === "noter") xhr.addEventListener("loadend", () => ended(elt, xhr.status)); // also when another session stands open by then
  });
  function ended(form, status) {
    form.elements.note.readOnly = false;
    form.removeAttribute("aria-busy");
    if (status < 200 || status >= 300) return;
    kept.set(form.dataset.session, "");
    form.elements.note.value = form.elements.key.value = "";
    picked.clear();
  }

  // ── Naming colleagues ───────────────────────────────────────────────────────────────────────────────────────────

  const picked = new Map(); // name → uid, of those who were chosen from the list: it tells apart who is called the same
  let asked = 0; // the last list that was asked for

  // What is typed after the last @ before the caret; null: nobody is being named.
  function typed() {
    const { value, selectionStart: at, selectionEnd: to } = $("note");
    const found = at === to && /(?:^|[^A-Za-z0-9_])[@＠]([^@＠\s]{0,20})$/.exec(value.slice(0, at));
    return found ? found[1] : null;
  }

  async function offer(e) {
    const name = typed(), turn = ++asked;
    if (e.isComposing) return;
    if (name === null) return shut();
    let answer;
    try { answer = await fetch($("callable").dataset.path + "?q=" + encodeURIComponent(name), { headers: { "HX-Request": "true" } }); } catch { return; }
    const list = answer.ok && await answer.text();
    if (turn !== asked || !$("callable") || typed() === null) return;
    if (!list) return shut();
    htmx.swap($("callable"), list, { swapStyle: "innerHTML" });
    choose(0);
  }

  const options = () => [...document.querySelectorAll("#callable [role=option]")];
  const chosen = () => options().find((option) => option.getAttribute("aria-selected") === "true");
  function choose(at) {
    const all = options(), one = all[(at + all.length) % all.length];
    for (const option of all) option.setAttribute("aria-selected", String(option === one));
    one ? $("note").setAttribute("aria-activedescendant", one.id) : $("note").removeAttribute("aria-activedescendant");
    one?.scrollIntoView({ block: "nearest" });
  }
  function shut() {
    asked++;
    $("callable")?.replaceChildren();
    $("note")?.removeAttribute("aria-activedescendant");
  }
  function call(option) {
    const field = $("note"), { call: name, uid } = option.dataset, to = field.selectionStart;
    picked.set(name, uid);
    field.setRangeText("@" + name + " ", to - typed().length - 1, to, "end");
    shut();
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  }

  on("keydown", (e) => {
    if (e.target.id !== "note" || e.isComposing || e.keyCode === 229) return; // 229: an input method is choosing
    const one = chosen(), at = options().indexOf(one);
    const keys = { ArrowDown: () => choose(at + 1), ArrowUp: () => choose(at - 1), Enter: () => call(one), Tab: () => call(one), Escape: shut };
    if (one && keys[e.key] && !e.shiftKey) {
      e.preventDefault();
      e.stopImmediatePropagation();
      keys[e.key]();
    } else if (e.key === "Enter" && !e.shiftKey) {
      e.preventDefault();
      $("noter").requestSubmit();
    } else if (e.key === "Escape") { // back to the reply first
      e.stopImmediatePropagation();
      write(false);
      $("text")?.focus();
    }
  }, true);
  on("pointerdown", (e) => {
    const option = e.target.closest?.("#callable [role=option]");
    if (option) { e.preventDefault(); call(option); } // the field keeps the focus
  });
  on("focusout", (e) => { if (e.target.id === "note") shut(); });
})();
