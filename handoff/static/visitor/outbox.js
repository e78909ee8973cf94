// Messages the server has not acknowledged: kept in the tab, sent in order, sent again after every reconnect.
// An item: {client_id, text, choice?, refused?, place?}. `refused` holds the server's reason: such an item waits for the
// visitor, and `place` is where it stands in the conversation.

import { newId } from "./dom.js";
import * as store from "./store.js";

const STUCK_AFTER = 10_000; // then the page says so and opens the numbers
const SHORTEST_PAUSE = 500;

export class Outbox {
  #items = store.unsent.get();
  #pausedUntil = 0;
  #pauseTimer = 0;
  #stuckTimer = 0;

  /** `transmit(frame)` sends if it can; `onStuck` is called while nothing is acknowledged. */
  constructor({ transmit, onStuck }) {
    this.transmit = transmit;
    this.onStuck = onStuck;
  }

  get items() {
    return [...this.#items];
  }

  get waiting() {
    return this.#items.filter((item) => !item.refused);
  }

  add(text, choice) {
    const item = { client_id: newId(), text, choice };
    this.#items.push(item);
    this.#keep();
    this.#watch();
    if (Date.now() >= this.#pausedUntil) this.#send(item);
    return item;
  }

  /** Sends everything that waits. Safe to repeat: the server stores one message per client id. */
  flush() {
    this.#watch();
    if (Date.now() < this.#pausedUntil) return;
    this.waiting.forEach((item) => this.#send(item));
  }

  remove(id) {
    this.#items = this.#items.filter((item) => item.client_id !== id);
    this.#keep();
    this.#watch(true);
  }

  /** With `retryAfter` the message stays first in line and the rest waits behind it, so that the order holds. */
  refuse(id, { reason, retryAfter, place }) {
    const item = this.#items.find((one) => one.client_id === id);
    if (!item) return;
    if (typeof retryAfter === "number") this.#pause(retryAfter * 1000);
    else Object.assign(item, { refused: reason, place });
    this.#keep();
    this.#watch(true);
  }

  stop() {
    clearTimeout(this.#stuckTimer);
    clearTimeout(this.#pauseTimer);
    this.#items = [];
  }

  #send({ client_id, text, choice }) {
    this.transmit({ type: "say", client_id, text, ...(choice && { choice }) });
  }

  #pause(milliseconds) {
    const wait = Math.max(SHORTEST_PAUSE, milliseconds);
    this.#pausedUntil = Date.now() + wait;
    clearTimeout(this.#pauseTimer);
    this.#pauseTimer = setTimeout(() => {
      this.#pausedUntil = 0;
      this.flush();
    }, wait);
  }

  #keep() {
    store.unsent.set(this.#items);
  }

  /** Starts, restarts (after progress) or stops the clock that notices silence. A pause the server asked for is not silence. */
  #watch(progress = false) {
    if (progress || !this.waiting.length) {
      clearTimeout(this.#stuckTimer);
      this.#stuckTimer = 0;
    }
    if (!this.waiting.length || this.#stuckTimer) return;
    const pause = Math.max(0, this.#pausedUntil - Date.now());
    this.#stuckTimer = setTimeout(() => {
      this.#stuckTimer = 0;
      this.onStuck();
      this.#watch();
    }, STUCK_AFTER + pause);
  }
}
