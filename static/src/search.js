// The search: what is found stands in the place of the lists until one leaves it, also when a session was opened from it or the page was
// loaded again. The server draws; what is searched for is the form's.
(() => {
  "use strict";
  const $ = (id) => document.getElementById(id);
  const form = $("search-form"), field = $("q");
  if (!form) return;
  const kept = {
    get: () => { try { return sessionStorage.getItem("search"); } catch { return null; } },
    set: (value) => { try { value ? sessionStorage.setItem("search", value) : sessionStorage.removeItem("search"); } catch { /* forgotten */ } },
  };
  const hits = () => [...document.querySelectorAll("#found .wr-hit")];

  // While an input method is choosing, the field holds what is typed for it and not what is meant.
  document.addEventListener("input", (e) => { if (e.target === field && e.isComposing) e.stopImmediatePropagation(); }, true);
  field.addEventListener("compositionend", () => field.dispatchEvent(new Event("input", { bubbles: true })));

  document.addEventListener("keydown", (e) => {
    if (e.target === field && e.key === "Escape" && !e.isComposing) {
      e.stopImmediatePropagation();
      e.preventDefault();
      leave();
    } else if (e.target === field && e.key === "ArrowDown" && hits().length) {
      e.preventDefault();
      hits()[0].focus();
    } else if (e.target.matches?.(".wr-hit") && (e.key === "ArrowDown" || e.key === "ArrowUp")) {
      e.preventDefault();
      const at = hits().indexOf(e.target) + (e.key === "ArrowDown" ? 1 : -1);
      (hits()[at] ?? (at < 0 ? field : e.target)).focus();
    }
  }, true);
  document.addEventListener("weir:leave", leave);

  function leave() {
    field.value = "";
    $("found").replaceChildren();
    kept.set("");
    mark();
    field.focus();
  }

  let more = 0; // how many hits stood there when further ones were asked for
  document.addEventListener("htmx:beforeRequest", (e) => { if (e.detail.target?.id === "found-more") more = hits().length; });
  document.addEventListener("htmx:afterSwap", (e) => {
    const path = e.detail.requestConfig?.path ?? "";
    if (!path.startsWith("/search")) return;
    if (e.detail.target.id === "found-more") (hits()[more] ?? $("found-more")?.querySelector("button"))?.focus();
    else kept.set(field.value.trim() && query());
    $("search-said").textContent = $("found-count")?.dataset.said ?? "";
    mark();
  });
  const query = () => new URLSearchParams([...new FormData(form)].filter(([, value]) => value)).toString();

  // The hit that stands open.
  function mark() {
    for (const hit of hits()) {
      hit.getAttribute("href") === location.pathname + location.search ? hit.setAttribute("aria-current", "true") : hit.removeAttribute("aria-current");
    }
  }
  for (const event of ["htmx:pushedIntoHistory", "htmx:load"]) document.addEventListener(event, mark);

  const before = kept.get();
  if ($("found").firstElementChild) kept.set(query());
  else if (before) {
    field.value = new URLSearchParams(before).get("q");
    htmx.ajax("GET", "/search?" + before, { source: form, target: "#found", swap: "morph" });
  }
})();
