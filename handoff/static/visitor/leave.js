// Leaving fast: the link in the header, or Escape three times. The tab forgets, the page empties, a neutral page follows.

import { byId } from "./dom.js";
import { forgetAll } from "./store.js";

const PRESSES = 3;
const WITHIN = 2_000;

export function setUpLeaving(stop) {
  const leave = () => {
    stop();
    forgetAll();
    const address = document.body.dataset.exit || "about:blank";
    document.title = "";
    document.body.replaceChildren();
    go(address);
  };
  byId("leave").addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });
  let presses = [];
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.repeat) return;
    presses = [...presses, Date.now()].filter((moment) => Date.now() - moment < WITHIN);
    if (presses.length >= PRESSES) leave();
  });
}

/** Inside a frame on a host's page the whole tab has to go, not the frame alone. */
function go(address) {
  try {
    window.top.location.replace(address);
  } catch {
    location.replace(address);
  }
}
