// Writing: the field grows, Enter sends where there is a real keyboard, nothing typed is lost by a reload.

import { byId, finePointer, say } from "./dom.js";
import { draft } from "./store.js";

const COUNT_FROM = 4_000;
const MOST = 20_000;
const LINES = 5;
const LINES_LOW = 3; // with a keyboard over half the screen

export class Composer {
  #field = byId("say");
  #counter = byId("counter");

  constructor({ onSend, onHuman, onTooLong }) {
    Object.assign(this, { onSend, onTooLong });
    this.#field.value = draft.get();
    byId("human").addEventListener("click", onHuman);
    byId("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#field.addEventListener("input", () => this.#changed());
    this.#field.addEventListener("keydown", (event) => this.#key(event));
    byId("composer").hidden = false;
    this.#changed();
  }

  /** Gives words back that were refused, below what stands in the field already. */
  put(text) {
    this.#field.value = [this.#field.value.trim(), text].filter(Boolean).join("\n");
    this.#changed();
    this.#field.focus();
  }

  /** After a tap elsewhere: back to the field where that opens no keyboard over the answer. */
  focus() {
    (finePointer() ? this.#field : byId("thread")).focus({ preventScroll: true });
  }

  #submit() {
    const text = this.#field.value.trim();
    this.#field.focus();
    if (this.#tooLong) this.onTooLong();
    if (!text || this.#tooLong) return;
    this.#field.value = "";
    this.#changed();
    this.onSend(text);
  }

  #key(event) {
    const plain = event.key === "Enter" && !event.shiftKey && !event.isComposing;
    if (!plain || !finePointer()) return;
    event.preventDefault();
    this.#submit();
  }

  #changed() {
    draft.set(this.#field.value);
    this.#grow();
    this.#count();
  }

  #grow() {
    const { lineHeight, paddingTop, paddingBottom, borderTopWidth } = getComputedStyle(this.#field);
    const frame = 2 * parseFloat(borderTopWidth);
    const lines = document.body.classList.contains("low") ? LINES_LOW : LINES;
    const most = lines * parseFloat(lineHeight) + parseFloat(paddingTop) + parseFloat(paddingBottom) + frame;
    this.#field.style.height = "auto";
    this.#field.style.height = `${Math.min(this.#field.scrollHeight + frame, most)}px`;
  }

  /** Counted as the server counts, in characters; only long texts, because splitting costs time. */
  get #length() {
    const { value } = this.#field;
    return value.length > COUNT_FROM ? Array.from(value.trim()).length : value.length;
  }

  get #tooLong() {
    return this.#length > MOST;
  }

  #count() {
    const count = this.#length;
    const format = (number) => number.toLocaleString("nl-NL");
    const sentence = count > MOST ? "too_long" : "counter";
    this.#counter.hidden = count <= COUNT_FROM;
    this.#counter.textContent = count > COUNT_FROM ? say(sentence, { count: format(count), most: format(MOST) }) : "";
    byId("composer").querySelector(".send").setAttribute("aria-disabled", String(count > MOST));
    this.#field.setAttribute("aria-invalid", String(count > MOST));
  }
}
