// Has the simulator's page look again whenever something rings, and keeps the phone at its newest line.
"use strict";
{
  const live = document.getElementById("stream");
  const show = (on) => {
    live.textContent = on ? live.dataset.on : live.dataset.off;
    live.classList.toggle("is-offline", !on);
  };
  const look = () => htmx.trigger(document.body, "ring");

  const stream = new EventSource("/simulator/events");
  stream.onopen = () => { show(true); look(); }; // what happened while there was no stream
  stream.onmessage = look;
  stream.onerror = () => show(false); // the browser tries again by itself
  addEventListener("pagehide", () => stream.close());
  addEventListener("pageshow", (e) => { if (e.persisted) location.reload(); });

  const screen = document.getElementById("screen");
  const down = () => { screen.scrollTop = screen.scrollHeight; };
  new MutationObserver(down).observe(screen, { childList: true, subtree: true });
  down();

  document.body.addEventListener("htmx:afterRequest", (e) => {
    if (e.detail.successful && e.target.matches("form[data-emptied]")) e.target.reset();
  });
}
