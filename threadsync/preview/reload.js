// Asks now and then whether the page has changed, and loads it anew where it is being read.
const EVERY_MS = 1000;
const root = document.documentElement;

async function look() {
  try {
    if (!document.hidden) {
      const answer = await fetch("/mark", { cache: "no-store" });
      const fresh = await answer.text();
      if (answer.ok && (root.dataset.mark ?? fresh) !== fresh) {
        location.reload();
        return;
      }
      if (answer.ok) root.dataset.mark = fresh;
    }
  } catch {
    // The server is gone or busy; it is asked again.
  }
  setTimeout(look, EVERY_MS);
}

const chosen = sessionStorage.getItem("show");
addEventListener("DOMContentLoaded", () => {
  const button = chosen && document.getElementById(chosen);
  if (button) button.checked = true;
});
addEventListener("change", (event) => {
  if (event.target.name === "show") sessionStorage.setItem("show", event.target.id);
});
look();
