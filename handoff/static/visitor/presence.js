// Who is there: the line in the header, the colour of the page, and the quiet line above the input.

import { byId, lamp, say } from "./dom.js";

const TYPING_FOR = 6_000;
const WORKING_FOR = 20_000; // a lost "off" must not leave the lamp glowing as if somebody still reads
const SPOKEN_WITHIN = 5_000;
const RARELY = 30_000; // the same sentence is not read out again sooner

export class Presence {
  state = "bot";
  #helper = null;
  #parts = { connection: "", typing: "", working: "" };
  #timers = {};
  #said = { text: "", at: 0 };
  #header = byId("state");
  #sign = byId("sign");
  #line = byId("activity");
  #region = byId("announce");

  setState({ state, helper = null }) {
    const before = this.#header.textContent;
    this.state = document.body.dataset.state = state;
    this.#helper = state === "human" ? helper : null;
    this.set(state === "human" ? "working" : "typing", "");
    this.#header.textContent = this.#sentence();
    this.#sign.replaceChildren(this.#helper ? this.#helper.name.slice(0, 1) : lamp());
    if (before === this.#header.textContent) return;
    this.announce(this.#helper ? say("human_here", this.#helper) : this.#header.textContent);
  }

  #sentence() {
    if (this.state === "human") return this.#helper ? say("state_human", this.#helper) : say("helper");
    return say(`state_${this.state}`);
  }

  working(on) {
    this.set("working", on && this.state !== "human" ? say("working") : "", WORKING_FOR);
  }

  typing() {
    if (this.state !== "human") return; // nobody types where nobody is
    const name = this.#helper ? this.#helper.name : say("helper");
    this.set("typing", say("typing", { name }), TYPING_FOR);
  }

  /** Without a connection nobody can be seen reading or typing. */
  nobody() {
    this.set("working", "");
    this.set("typing", "");
  }

  /** One line, one thing at a time: the connection goes before a person, a person before the bot. */
  set(part, text, milliseconds = 0) {
    clearTimeout(this.#timers[part]);
    this.#parts[part] = text;
    document.body.classList.toggle("working", Boolean(this.#parts.working));
    const shown = this.#parts.connection || this.#parts.typing || this.#parts.working;
    this.#line.textContent = shown;
    if (text && text === shown) this.announce(text);
    if (text && milliseconds) this.#timers[part] = setTimeout(() => this.set(part, ""), milliseconds);
  }

  announce(text) {
    if (text === this.#said.text && Date.now() - this.#said.at < RARELY) return;
    this.#said = { text, at: Date.now() };
    clearTimeout(this.#timers.region);
    this.#region.textContent = "";
    // A region that gets the same words twice stays silent; emptied first, it speaks. Emptied afterwards, it does not tell
    // somebody who reads on later that a person still types.
    setTimeout(() => (this.#region.textContent = text), 50);
    this.#timers.region = setTimeout(() => (this.#region.textContent = ""), SPOKEN_WITHIN);
  }
}
