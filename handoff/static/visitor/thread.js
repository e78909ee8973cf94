// The conversation on the screen: every message once, in the order of the server's numbers, own words below until stored.

import { byId, make, say } from "./dom.js";
import { Entries } from "./entries.js";
import { Follower } from "./follow.js";
import { choiceRow, messageNode } from "./message.js";
import { Numbers } from "./numbers.js";

const QUIET_AT_MOST = 10_000;

export class Thread {
  numbers = new Numbers();
  #log = byId("thread");
  #entries = new Entries(this.#log);
  #follower = new Follower(this.#log, byId("newer"));
  #row = null; // the buttons that stand now: {entry, node}
  #quietUntil = 0;

  /** `onChoose(choice)` and `onEdit(id)` report taps; `choosing()` tells whether buttons make sense now. */
  constructor({ onChoose, onEdit, choosing }) {
    Object.assign(this, { onChoose, onEdit, choosing });
  }

  /** True while an old conversation comes back: what it says is not news. */
  get replaying() {
    return this.#quietUntil > 0;
  }

  /** A whole conversation that comes back is not read out line by line. */
  quietUntil(seq) {
    if (seq <= this.numbers.last) return;
    this.#quietUntil = seq;
    this.#log.setAttribute("aria-live", "off");
    setTimeout(() => this.#speak(), QUIET_AT_MOST);
  }

  /** Own words, at once. `place` is known for words that were refused before a reload. */
  echo({ client_id: id, text, place = Infinity }) {
    this.#show(ownEntry(text, { order: place, id, status: "sending" }));
  }

  /** A `message` frame; one that is on the screen already changes nothing. */
  stored(frame) {
    if (this.numbers.has(frame.seq)) return;
    this.#mark(frame.seq);
    const echo = frame.sender === "visitor" && this.#entries.echo(frame.client_id);
    if (echo) this.#settle(echo, frame.seq);
    else if (!this.#adopt(frame)) this.#show(storedEntry(frame));
  }

  acked(id, seq) {
    this.#mark(seq);
    const entry = this.#entries.echo(id);
    if (!entry) return;
    setStatus(entry, "sent");
    this.#settle(entry, seq);
  }

  /** Puts the reason under the words. Without a retry they keep their place, which is returned, and can be edited. */
  refused(id, reason, final) {
    const entry = this.#entries.echo(id);
    if (!entry) return undefined;
    setStatus(entry, final ? "not_sent" : "sending", reason);
    if (!final) return undefined;
    entry.failed = true;
    entry.node.append(make("button", { type: "button", class: "edit", click: () => this.onEdit(id) }, say("edit")));
    if (entry.order === Infinity) entry.order = this.#entries.end;
    this.#show(entry);
    return entry.order;
  }

  remove(id) {
    this.#entries.take([this.#entries.echo(id)].filter(Boolean));
  }

  /** A sentence of the page itself: it has no number and stays where it was said. */
  local(kind, text) {
    const sender = kind === "emergency" ? "bot" : "system";
    this.#show({ node: messageNode({ sender, kind, text }), order: this.#entries.end, sender, kind, local: true });
  }

  /** The server knows this conversation no more: what is on the screen stays readable, numbers begin anew. */
  restart() {
    this.numbers.restart();
    this.#speak();
    this.#entries.restart();
    this.refresh();
  }

  /** Buttons stand under the last thing that was said to the visitor, and only until it is answered. */
  refresh() {
    const last = this.#entries.lastSaid;
    const wanted = last?.choices?.length && this.choosing() ? last : null;
    if (wanted === (this.#row?.entry || null)) return; // the same row stays: it may have the focus
    this.#row?.node.remove();
    this.#row = wanted && { entry: wanted, node: choiceRow(wanted.choices, this.onChoose, wanted.lang) };
    if (wanted) wanted.node.append(this.#row.node);
  }

  /** The static welcome is on the screen already: its stored copy takes over the node. Any other message clears it away. */
  #adopt({ sender, text, seq, choices }) {
    const { statics } = this.#entries;
    const first = statics[0];
    if (sender !== "bot" || first?.node.querySelector(".text").textContent !== text) {
      this.#entries.take(statics);
      return false;
    }
    delete first.node.dataset.static;
    Object.assign(first, { order: seq, choices }); // it stands where it belongs already
    this.refresh();
    return true;
  }

  #mark(seq) {
    this.numbers.mark(seq);
    if (this.replaying && this.numbers.last >= this.#quietUntil) setTimeout(() => this.#speak(), 1_000);
  }

  #speak() {
    this.#quietUntil = 0;
    this.#log.setAttribute("aria-live", "polite");
  }

  /** A long message is stored in parts with one client id: its echo takes the place of the first. */
  #settle(entry, seq) {
    entry.order = Math.min(entry.order, seq);
    this.#entries.place(entry);
    this.refresh();
  }

  #show(entry) {
    this.#entries.place(entry);
    this.refresh();
    const { sender, kind } = entry;
    const person = sender === "helper" || !this.choosing();
    this.#follower.arrived(entry.node, { own: sender === "visitor", always: kind === "emergency", person });
  }
}

function storedEntry(frame) {
  const { seq: order, sender, kind, choices, text, lang } = frame;
  // No id: only an echo takes in its stored copies.
  return sender === "visitor" ? ownEntry(text, { order, status: "sent" }) : { node: messageNode(frame), order, sender, kind, choices, lang };
}

function ownEntry(text, { order, id, status }) {
  const line = make("p", { class: "status" });
  const node = messageNode({ sender: "visitor", kind: "text", text });
  node.append(line);
  const entry = { node, line, order, id, sender: "visitor" };
  setStatus(entry, status);
  return entry;
}

function setStatus({ node, line }, key, reason = "") {
  node.dataset.status = key;
  const delivery = make("span", { class: "delivery" }, say(key));
  line.replaceChildren(...(reason ? [make("span", { class: "reason" }, reason), " "] : []), delivery);
}
