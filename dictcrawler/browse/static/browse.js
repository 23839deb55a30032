// Better with it, complete without it: results while you type, keys, the filters without a button.
"use strict";
(() => {
  const box = document.getElementById("q");
  const results = document.getElementById("results");
  const shelf = document.getElementById("shelf");
  const filters = document.querySelector("form.filters");

  // Results as you type, on the search page.
  let waiting = null;
  let newest = 0;
  const show = async () => {
    const query = new URLSearchParams(filters ? new FormData(filters) : undefined);
    query.set("q", box.value);
    for (const [name, value] of [...query]) if (!value) query.delete(name);
    const number = ++newest;
    results.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(`/results?${query}`);
      const text = await answer.text();
      if (number !== newest || !answer.ok) return;
      // The server has escaped this text, as in the page itself.
      results.innerHTML = text;
      if (shelf) shelf.hidden = query.size > 0;
      history.replaceState(null, "", query.size ? `/?${query}` : "/");
      document.title = box.value ? `${box.value} – dictcrawler` : "dictcrawler";
    } catch {
      // Offline for a moment: the form still works.
    } finally {
      if (number === newest) results.setAttribute("aria-busy", "false");
    }
  };
  if (box && results) {
    box.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(show, 120); });
    if (filters) filters.addEventListener("change", () => {
      filters.elements.q.value = box.value;
      show();
    });
    if (location.pathname === "/" && !location.search) box.focus({ preventScroll: true });
  }

  // Recordings play in the page.
  let playing = null;
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-sound]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (playing) playing.pause();
    const sound = playing = new Audio(link.href);
    const silent = () => link.removeAttribute("data-state");
    sound.addEventListener("playing", () => { link.dataset.state = "playing"; });
    for (const end of ["ended", "pause"]) sound.addEventListener(end, silent);
    // A recording that cannot be played here may be opened or saved.
    sound.addEventListener("error", () => { location.href = link.href; });
    sound.play().catch(silent);
  });

  // "/" to the search box; arrows through results, and to the neighbouring words.
  const links = () => [...document.querySelectorAll("a.result")];
  const move = (step) => {
    const all = links();
    const at = all.indexOf(document.activeElement);
    if (at < 0 && document.activeElement !== box) return false;
    if (at === 0 && step < 0) { box.focus(); return true; }
    const next = all[at + step];
    if (!next) return false;
    next.focus();
    return true;
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (event.key === "/" && !typing) { event.preventDefault(); box.focus(); box.select(); }
    else if (event.key === "Escape" && event.target === box) box.blur();
    else if (event.key === "ArrowDown" && move(1)) event.preventDefault();
    else if (event.key === "ArrowUp" && move(-1)) event.preventDefault();
    else if ((event.key === "ArrowLeft" || event.key === "ArrowRight") && !typing && event.target.tagName !== "AUDIO") {
      const neighbour = document.querySelector(`.neighbours a[rel="${event.key === "ArrowLeft" ? "prev" : "next"}"]`);
      if (neighbour) neighbour.click();
    }
  });
})();
