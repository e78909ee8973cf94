// The page fills what is really visible, and gives up its fixed frame where that would leave no room to read.

import { byId } from "./dom.js";

const LOW = 460; // pixels: about a phone with its keyboard open
// In the size of the visitor's letters: the input with its buttons, one line of emergency numbers, what the conversation
// needs at least, and a margin against switching to and fro.
const INPUT = 8;
const NUMBERS = 3.5;
const READING = 4;
const MARGIN = 2;

export function followViewport() {
  const view = window.visualViewport;
  const parts = { top: byId("top"), numbers: byId("emergency"), thread: byId("thread") };
  const fit = () => {
    const zoomed = !view || view.scale > 1.01; // somebody enlarges the page with two fingers: leave it alone
    setVisible(zoomed ? null : view);
    document.body.classList.toggle("low", !zoomed && view.height < LOW);
    setFlow(parts);
  };
  const watcher = new ResizeObserver(fit);
  [parts.top, parts.numbers].forEach((part) => watcher.observe(part));
  addEventListener("resize", fit);
  view?.addEventListener("resize", fit);
  view?.addEventListener("scroll", fit);
  fit();
}

/** The keyboard of an iPhone lies over the page and does not resize it: the page takes the part that is left. */
function setVisible(view) {
  const { style } = document.documentElement;
  const set = (name, pixels) => (view ? style.setProperty(name, `${Math.round(pixels)}px`) : style.removeProperty(name));
  set("--height", view?.height);
  set("--top", view?.offsetTop);
}

/** Switching over moves everything: whoever was at the last words stays with them. */
function setFlow({ top, numbers, thread }) {
  const { classList } = document.body;
  const flowing = classList.contains("flow");
  const letter = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const lines = INPUT + READING + (numbers.offsetHeight ? NUMBERS : 0) + (flowing ? MARGIN : 0);
  const flow = top.offsetHeight + lines * letter > innerHeight;
  if (flow === flowing) return;
  classList.toggle("flow", flow);
  if (thread.querySelector(".own")) thread.lastElementChild.scrollIntoView({ block: "nearest" });
}
