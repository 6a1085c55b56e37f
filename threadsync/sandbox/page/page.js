// Keeps the page as the server has it: asks with the mark of what is shown (its ETag), and where
// something is new changes only that, so that scroll position, focus, opened details, revealed
// spoilers and playing videos stay. And lets carousels be leafed through without moving the page.

const EVERY_MS = 2000;
const PARTS = ["accounts", "content"];
const live = document.getElementById("live");
const news = document.getElementById("news");
let mark = null;
let timer = null;
let isAsking = false;

function show(text, { isOn, isLost = false }) {
  live.hidden = false;
  if (live.textContent !== text) live.textContent = text;
  live.setAttribute("aria-pressed", String(isOn));
  live.classList.toggle("lost", isLost);
}

const isPaused = () => live.getAttribute("aria-pressed") === "false";

async function ask() {
  const headers = mark ? { "if-none-match": mark } : {};
  const answer = await fetch(location.href.split("#")[0], { headers, cache: "no-store" });
  if (answer.status === 304) return;
  if (!answer.ok) throw new Error(String(answer.status));
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (isPaused()) return;
  mark = answer.headers.get("etag");
  keepingPlace(() => update(fresh));
}

async function look() {
  clearTimeout(timer);
  if (isAsking || isPaused() || document.hidden) return;
  isAsking = true;
  try {
    await ask();
    if (!isPaused()) show("Live", { isOn: true });
  } catch {
    if (!isPaused()) show("No answer", { isOn: true, isLost: true });
  } finally {
    isAsking = false;
    timer = setTimeout(look, EVERY_MS);
  }
}

function update(fresh) {
  const known = new Set(postIds());
  for (const id of PARTS) morph(document.getElementById(id), fresh.getElementById(id));
  const added = postIds().filter((id) => !known.has(id)).length;
  if (added) news.textContent = added === 1 ? "1 new post" : `${added} new posts`;
}

const postIds = () => Array.from(document.querySelectorAll(".post"), (post) => post.id);

// What stands at the top of the window stays there; at the very top of the page new things show.
function keepingPlace(change) {
  const root = document.documentElement;
  const top = document.querySelector(".top").offsetHeight;
  const isBelow = (one) => one.getBoundingClientRect().bottom > top;
  const anchor = scrollY > 0 && Array.from(document.querySelectorAll(".post, .rows > li")).find(isBelow);
  const before = anchor && anchor.getBoundingClientRect().top;
  root.style.overflowAnchor = "none";
  change();
  if (anchor && anchor.isConnected) {
    scrollBy({ top: anchor.getBoundingClientRect().top - before, behavior: "instant" });
  }
  requestAnimationFrame(() => { root.style.overflowAnchor = ""; });
}

function morph(old, fresh) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  morphAttributes(old, fresh);
  morphChildren(old, fresh);
}

function morphAttributes(old, fresh) {
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  for (const { name } of Array.from(old.attributes)) {
    if (name !== "open" && !fresh.hasAttribute(name)) old.removeAttribute(name);
  }
}

function morphChildren(old, fresh) {
  const wanted = Array.from(fresh.childNodes);
  const stays = new Set(wanted.map((one) => one.id).filter(Boolean));
  for (const child of Array.from(old.children)) {
    if (child.id && !stays.has(child.id)) child.remove();
  }
  const byId = new Map(Array.from(old.children, (child) => [child.id, child]));
  let next = old.firstChild;
  for (const one of wanted) {
    const same = one.id ? byId.get(one.id) : isAlike(next, one) ? next : null;
    if (same) {
      if (same === next) next = next.nextSibling;
      else old.insertBefore(same, next);
      if (same.nodeName === one.nodeName) morph(same, one);
      else same.replaceWith(document.importNode(one, true));
    } else {
      old.insertBefore(document.importNode(one, true), next);
    }
  }
  while (next) {
    const gone = next;
    next = next.nextSibling;
    gone.remove();
  }
}

const isAlike = (old, fresh) => old !== null && !old.id && old.nodeName === fresh.nodeName;

function leaf(event) {
  const link = event.target.closest("[data-carousel] a[href^='#']");
  const slide = link && document.getElementById(link.hash.slice(1));
  if (!slide) return;
  event.preventDefault();
  slide.scrollIntoView({ block: "nearest", inline: "center" });
  const turn = link.classList.contains("turn") && slide.querySelector(`.${link.classList[1]}`);
  if (turn) turn.focus({ preventScroll: true });
}

live.addEventListener("click", () => {
  if (isPaused()) {
    show("Live", { isOn: true });
    look();
  } else {
    show("Paused", { isOn: false });
  }
});
document.addEventListener("click", leaf);
document.addEventListener("visibilitychange", look);
show("Live", { isOn: true });
look();
