// The emergency numbers: one tap away, pinned as one line once there is danger, open by itself when we cannot be reached.

import { byId } from "./dom.js";

export class Emergency {
  #section = byId("emergency");
  #button = byId("help");
  #why = byId("emergency-why");
  #pinned = false;

  constructor() {
    this.#button.hidden = byId("emergency-close").hidden = false;
    this.#button.addEventListener("click", () => (this.#isOpen ? this.close() : this.open()));
    byId("emergency-close").addEventListener("click", () => {
      this.close();
      this.#button.focus();
    });
    this.close();
  }

  /** `why`: a sentence where the page opens the numbers itself. */
  open(why = "") {
    this.explain(why);
    this.#show("open");
    if (document.body.classList.contains("flow")) this.#section.scrollIntoView(); // the whole page scrolls: it may be far up
  }

  explain(why) {
    this.#why.textContent = why;
  }

  close() {
    this.explain("");
    this.#show(this.#pinned ? "pinned" : "closed");
  }

  pin(on) {
    this.#pinned = on;
    if (!this.#isOpen) this.close();
  }

  get #isOpen() {
    return this.#section.dataset.mode === "open";
  }

  #show(mode) {
    this.#section.dataset.mode = mode;
    this.#button.setAttribute("aria-expanded", String(mode === "open"));
  }
}
