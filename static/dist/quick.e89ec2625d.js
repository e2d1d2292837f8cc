// Quick replies: the list that opens inside the composer, and what is said about a text before it is sent. The server finds, fills in and
// draws; the focus stays in the text all the while. It stands in a file of its own, and takes the keys before weir.js does.
(() => {
  "use strict";
  const $ = (id) => document.getElementById(id);
  const on = (type, handler, capture = false) => document.addEventListener(type, handler, capture);
  const sign = /^[\/／、]/; // the key of / writes 、 where a Chinese input method is on
  const rest = 60, pause = 300; // ms after a key until the list, and what is said about the text, are asked for
  let active = false; // the list has been asked for, and is or will be there
  let shut = false; // Esc was pressed: what stands in the field is a text
  let then = null; // what Enter is to do once the answer to what was typed is there
  let listTimer, textTimer;

  const field = () => $("text");
  const typed = () => (field() && sign.test(field().value) && !field().value.includes("\n") ? field().value.slice(1) : null);
  const options = () => [...($("quick-list")?.children ?? [])];
  const chosen = () => $("quick-list")?.querySelector('[aria-selected="true"]');
  const current = () => $("quick").firstElementChild?.dataset.q === (typed() ?? "");
  const writable = () => field() && !$("composer").querySelector(".cannot-write");

  function look(wait) {
    active = true;
    clearTimeout(listTimer);
    listTimer = setTimeout(() => { if ($("quick")) htmx.trigger($("quick"), "look"); }, wait);
  }

  function close() {
    active = false;
    then = null;
    clearTimeout(listTimer);
    $("quick")?.replaceChildren();
    for (const name of ["role", "aria-expanded", "aria-controls", "aria-activedescendant", "aria-autocomplete"]) field()?.removeAttribute(name);
  }

  on("htmx:configRequest", (e) => { if (e.detail.elt.id === "quick") e.detail.parameters.set("q", typed() ?? ""); });
  on("htmx:beforeSwap", (e) => { if (e.detail.target.id === "quick" && !active) e.detail.shouldSwap = false; });
  on("htmx:afterRequest", (e) => { if (e.detail.elt.id === "quick" && !e.detail.successful) close(); });
  on("htmx:afterSwap", (e) => {
    if (e.target.id !== "quick") return;
    const text = field();
    text.setAttribute("role", "combobox");
    text.setAttribute("aria-autocomplete", "list");
    text.setAttribute("aria-expanded", String(options().length > 0));
    options().length ? text.setAttribute("aria-controls", "quick-list") : text.removeAttribute("aria-controls");
    point(options()[0]);
    $("quick-said").textContent = e.target.firstElementChild.dataset.said;
    if (!current()) return; // an answer to what was typed before
    if (then && chosen()) fill(chosen(), then === "send");
    then = null;
  });

  function point(option) {
    chosen()?.setAttribute("aria-selected", "false");
    option?.setAttribute("aria-selected", "true");
    option ? field().setAttribute("aria-activedescendant", option.id) : field().removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  }

  // What was chosen goes into the field, to be changed before it is sent; its pictures go into the tray.
  function fill(option, send) {
    const text = field(), { fill: words, gap, quick, tray } = option.dataset;
    if (typed() !== null) text.value = "";
    close();
    shut = true; // it may begin with the sign itself
    text.focus();
    text.setRangeText(words, text.selectionStart, text.selectionEnd, "end");
    if (words) $("quick-used").value = quick;
    text.dispatchEvent(new Event("input", { bubbles: true }));
    const at = gap ? text.value.indexOf(gap) : -1;
    if (at >= 0) text.setSelectionRange(at, at + gap.length);
    if (words) read(0);
    if (tray) htmx.ajax("GET", tray, { target: "#tray", swap: "beforeend" }).then(() => { if (!words) sendPicture(); });
    if (send && words && at < 0) $("composer").requestSubmit();
  }

  const sendPicture = () => $("tray")?.querySelector("[data-quick] .btn-primary")?.focus();

  function input(e) {
    if (e.target.id !== "text" || e.isComposing) return;
    const { value } = e.target;
    if (!value) $("quick-used").value = "";
    if (!value || (value.length === 1 && e.inputType !== "deleteContentBackward")) shut = false; // it begins anew
    if (typed() === null) { if (active) close(); }
    else if (!shut) look(active ? rest : 0);
    read(pause);
  }
  on("input", input);
  on("compositionend", input);

  on("keydown", (e) => {
    if (e.target.id !== "text" || !active || e.isComposing || e.keyCode === 229) return; // 229: an input method is choosing
    const all = options(), at = all.indexOf(chosen());
    if (e.key === "Escape") { close(); shut = true; }
    else if ((e.key === "ArrowDown" || e.key === "ArrowUp") && all.length) point(all[(at + (e.key === "ArrowDown" ? 1 : all.length - 1)) % all.length]);
    else if ((e.key === "Enter" && !e.shiftKey) || (e.key === "Tab" && !e.shiftKey && chosen())) {
      const send = e.ctrlKey || e.metaKey;
      if (!current()) then = send ? "send" : "fill";
      else if (chosen()) fill(chosen(), send);
    } else return;
    e.preventDefault();
    e.stopImmediatePropagation();
  }, true);

  on("weir:quick", () => {
    if (!writable()) return;
    field().focus();
    if (active) return close();
    shut = false;
    if (field().value) return look(0); // it goes to where one writes
    field().value = "/";
    look(0);
  });

  // The list never takes the focus from the text.
  on("mousedown", (e) => { if (e.target.closest?.("#quick-list, [data-act=quick]") && document.activeElement === field()) e.preventDefault(); });
  on("click", (e) => {
    const option = e.target.closest?.("#quick-list > li");
    if (option) return fill(option, false);
    if (active && !e.target.closest?.("#composer")) { if (typed() === "") field().value = ""; close(); }
    const variable = e.target.closest?.("[data-variable]");
    if (variable) {
      const text = $("quick-text");
      text.setRangeText(variable.dataset.variable, text.selectionStart, text.selectionEnd, "end");
      text.focus();
    }
    e.target.closest?.("[data-remove]")?.closest("li").remove();
  });
  on("htmx:load", (e) => { if (e.detail.elt.id === "open") { active = shut = false; then = null; } });
  on("htmx:load", (e) => { e.detail.elt.querySelector?.("[data-focus]")?.focus(); }); // what had the focus has gone
  on("htmx:afterRequest", (e) => { if (e.detail.elt.id === "quick-file") e.detail.elt.value = ""; });

  // ── Before it is sent ───────────────────────────────────────────────────────────────────────────────────────────

  // Most texts have nothing that is worth a word: no link, no gap, no length.
  const worth = (text) => /<|:\/\/|\{/.test(text) || text.length > 600;

  function read(wait) {
    clearTimeout(textTimer);
    if (!worth(field().value)) return void $("written").replaceChildren();
    textTimer = setTimeout(() => { if ($("written")) htmx.trigger($("written"), "look"); }, wait);
  }
  on("htmx:beforeSwap", (e) => { if (e.detail.target.id === "written" && !worth(field()?.value ?? "")) e.detail.shouldSwap = false; });

  // A gap is held back once.
  let held = null;
  addEventListener("submit", (e) => {
    if (e.target.id !== "composer") return;
    const text = field(), gap = [...$("written").querySelectorAll("[data-gap]")].map((p) => p.dataset.gap).find((name) => text.value.includes(name));
    if (!gap || held === text.value) return void (held = null);
    e.preventDefault();
    e.stopImmediatePropagation();
    held = text.value;
    text.focus();
    text.setSelectionRange(text.value.indexOf(gap), text.value.indexOf(gap) + gap.length);
  }, true);

  on("htmx:beforeRequest", (e) => {
    const { elt, xhr } = e.detail;
    if (elt.id !== "composer") return;
    const used = $("quick-used"), was = used.value;
    used.value = "";
    clearTimeout(textTimer);
    $("written").replaceChildren();
    xhr.addEventListener("loadend", () => {
      if (!(xhr.status >= 200 && xhr.status < 300)) { if (used.isConnected && !used.value) used.value = was; }
      else if (document.activeElement === field() && !field().value) sendPicture(); // what goes with it comes next
    });
  });
})();
