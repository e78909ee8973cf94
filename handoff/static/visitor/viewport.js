// The page fills what is really visible, and gives up its fixed frame where that would leave no room to read.

import { byId } from "./dom.js";

const LOW = 460; // pixels: about a phone with its keyboard open
const READING = 64; // what the conversation needs at least
const FIELD = 48; // one line of the input: a grown one may push the conversation aside
const NUMBERS = 56; // one line of the emergency numbers

export function followViewport() {
  const view = window.visualViewport;
  const fit = () => {
    const zoomed = !view || view.scale > 1.01; // somebody enlarges the page with two fingers: leave it alone
    const root = document.documentElement.style;
    // The keyboard of an iPhone lies over the page and does not resize it.
    root.setProperty("--height", zoomed ? "100dvh" : `${Math.round(view.height)}px`);
    root.setProperty("--top", zoomed ? "0px" : `${Math.round(view.offsetTop)}px`);
    document.body.classList.toggle("low", !zoomed && view.height < LOW);
    document.body.classList.toggle("flow", frame() + READING > innerHeight);
  };
  const watcher = new ResizeObserver(fit);
  ["top", "emergency"].forEach((id) => watcher.observe(byId(id)));
  addEventListener("resize", fit);
  view?.addEventListener("resize", fit);
  view?.addEventListener("scroll", fit);
  fit();
}

/** Height of all that does not scroll. */
function frame() {
  const composer = byId("composer").offsetHeight - byId("say").offsetHeight + FIELD;
  const numbers = byId("emergency").offsetHeight ? NUMBERS : 0;
  return byId("top").offsetHeight + numbers + composer;
}
