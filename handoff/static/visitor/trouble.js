// What the page says about the line to the server: nothing while it works or only hiccups.

import { say } from "./dom.js";

const SHOWN_AFTER = 1_500; // a hiccup is not worth a sentence
const CONNECTING_FOR = 5_000; // so long a first connection may take before we call it lost
const BACK_FOR = 3_000;

export class Trouble {
  #presence;
  #timer = 0;
  #shown = "";
  #everReady = false;

  constructor(presence) {
    this.#presence = presence;
  }

  /** Called when the line comes or goes, and when something is said without a line. */
  update({ ready, wanted }) {
    if (ready || !wanted) return this.#over(ready);
    this.#presence.nobody();
    if (this.#shown || this.#timer) return;
    this.#timer = setTimeout(() => this.#tell(this.#everReady ? "lost" : "connecting"), SHOWN_AFTER);
  }

  #over(ready) {
    clearTimeout(this.#timer);
    this.#timer = 0;
    if (ready) this.#everReady = true;
    if (this.#shown) this.#presence.set("connection", ready ? say("back") : "", BACK_FOR);
    this.#shown = "";
  }

  #tell(key) {
    this.#shown = key;
    this.#presence.set("connection", say(key));
    this.#timer = key === "connecting" ? setTimeout(() => this.#tell("lost"), CONNECTING_FOR) : 0;
  }
}
