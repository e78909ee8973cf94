// The conversation on the screen: every message once, in the order of the server's numbers, own words below until stored.

import { byId, make, say } from "./dom.js";
import { choiceRow, messageNode } from "./message.js";
import { Follower } from "./follow.js";

const QUIET_AT_MOST = 10_000;

export class Thread {
  last = 0; // highest number up to which nothing is missing
  #highest = 0;
  #seen = new Set();
  #entries = []; // {node, order, sender, id?, status?, choices?, local?, failed?} in the order of the screen
  #row = null; // the buttons that stand now: {entry, node}
  #quietUntil = 0;
  #log = byId("thread");
  #follower = new Follower(this.#log, byId("newer"));

  /** `onChoose(choice)` and `onEdit(id)` report taps; `choosing()` tells whether buttons make sense now. */
  constructor({ onChoose, onEdit, choosing }) {
    Object.assign(this, { onChoose, onEdit, choosing });
    this.#log.querySelectorAll("[data-static]").forEach((node) => this.#entries.push({ node, order: 0, sender: "bot" }));
  }

  get hasGap() {
    return this.#highest > this.last;
  }

  /** True while an old conversation comes back: what it says is not news. */
  get replaying() {
    return this.#quietUntil > 0;
  }

  /** A whole conversation that comes back is not read out line by line. */
  quietUntil(seq) {
    if (seq <= this.last) return;
    this.#quietUntil = seq;
    this.#log.setAttribute("aria-live", "off");
    setTimeout(() => this.#speak(), QUIET_AT_MOST);
  }

  /** Own words, at once. `place` is known for words that were refused before a reload. */
  echo({ client_id: id, text, place = Infinity }) {
    const entry = this.#ownEntry(text, place, id);
    this.#setStatus(entry, "sending");
    this.#show(entry);
  }

  /** A `message` frame; one that is on the screen already changes nothing. */
  stored(frame) {
    if (this.#seen.has(frame.seq)) return;
    this.#mark(frame.seq);
    const echo = frame.sender === "visitor" && this.#own(frame.client_id);
    if (echo) this.#settle(echo, frame.seq);
    else if (!this.#adopt(frame)) this.#show(this.#entry(frame));
  }

  acked(id, seq) {
    this.#mark(seq);
    const entry = this.#own(id);
    if (!entry) return;
    this.#setStatus(entry, "sent");
    this.#settle(entry, seq);
  }

  /** Puts the reason under the words. Without a retry they keep their place, which is returned, and can be edited. */
  refused(id, reason, final) {
    const entry = this.#own(id);
    if (!entry) return undefined;
    this.#setStatus(entry, final ? "not_sent" : "sending", reason);
    if (!final) return undefined;
    entry.failed = true;
    entry.node.append(make("button", { type: "button", class: "edit", click: () => this.onEdit(id) }, say("edit")));
    if (entry.order === Infinity) entry.order = this.#end();
    this.#place(entry);
    this.refresh();
    this.#follower.arrived(entry.node, { own: true });
    return entry.order;
  }

  remove(id) {
    const entry = this.#own(id);
    if (entry) this.#take([entry]);
  }

  /** A sentence of the page itself: it has no number and stays where it was said. */
  local(kind, text) {
    const sender = kind === "emergency" ? "bot" : "system";
    this.#show({ node: messageNode({ sender, kind, text }), order: this.#end(), sender, kind, local: true });
  }

  /** The server knows this conversation no more: what is on the screen stays readable, numbers begin anew. */
  restart() {
    this.last = this.#highest = this.#quietUntil = 0;
    this.#seen.clear();
    for (const entry of this.#entries) {
      if (entry.order === Infinity || isStatic(entry)) continue;
      Object.assign(entry, { order: 0, choices: [] });
    }
    this.refresh();
  }

  /** Buttons stand under the last thing that was said to the visitor, and only until it is answered. */
  refresh() {
    const said = this.#entries.filter((entry) => !entry.failed && !entry.local && (entry.sender !== "system" || entry.choices?.length));
    const last = said[said.length - 1];
    const wanted = last?.choices?.length && this.choosing() ? last : null;
    if (wanted === (this.#row?.entry || null)) return; // the same row stays: it may have the focus
    this.#row?.node.remove();
    this.#row = wanted && { entry: wanted, node: choiceRow(wanted.choices, this.onChoose) };
    if (wanted) wanted.node.append(this.#row.node);
  }

  #entry(frame) {
    const { seq, sender, kind, choices } = frame;
    if (sender !== "visitor") return { node: messageNode(frame), order: seq, sender, kind, choices };
    const entry = this.#ownEntry(frame.text, seq); // no id: only an echo takes in its stored copies
    this.#setStatus(entry, "sent");
    return entry;
  }

  #ownEntry(text, order, id) {
    const status = make("p", { class: "status" });
    const node = messageNode({ sender: "visitor", kind: "text", text });
    node.append(status);
    return { node, status, order, sender: "visitor", id };
  }

  /** The static welcome is on the screen already: its stored copy takes over the node. Any other message clears it away. */
  #adopt(frame) {
    const statics = this.#entries.filter(isStatic);
    const first = statics[0];
    if (frame.sender !== "bot" || first?.node.querySelector(".text").textContent !== frame.text) {
      this.#take(statics);
      return false;
    }
    delete first.node.dataset.static;
    Object.assign(first, { order: frame.seq, choices: frame.choices }); // it stands where it belongs already
    this.refresh();
    return true;
  }

  #own(id) {
    return id ? this.#entries.find((entry) => entry.id === id) : undefined;
  }

  #take(entries) {
    entries.forEach((entry) => entry.node.remove());
    this.#entries = this.#entries.filter((entry) => !entries.includes(entry));
  }

  #mark(seq) {
    this.#seen.add(seq);
    this.#highest = Math.max(this.#highest, seq);
    while (this.#seen.has(this.last + 1)) this.last += 1;
    if (this.#quietUntil && this.last >= this.#quietUntil) setTimeout(() => this.#speak(), 1_000);
  }

  #speak() {
    this.#quietUntil = 0;
    this.#log.setAttribute("aria-live", "polite");
  }

  /** A long message is stored in parts with one client id: its echo takes the place of the first. */
  #settle(entry, seq) {
    entry.order = Math.min(entry.order, seq);
    this.#place(entry);
    this.refresh();
  }

  #end() {
    const most = this.#entries.reduce((highest, { order }) => (order === Infinity ? highest : Math.max(highest, order)), this.last);
    return Math.floor(most) + 0.5;
  }

  #show(entry) {
    this.#place(entry);
    this.refresh();
    this.#follower.arrived(entry.node, { own: entry.sender === "visitor", always: entry.kind === "emergency" });
  }

  /** Moves a node only where the order really changes: a moved node loses focus and may be read out again. */
  #place(entry) {
    this.#entries = this.#entries.filter((other) => other !== entry);
    let index = this.#entries.length;
    while (index && this.#entries[index - 1].order > entry.order) index -= 1;
    this.#entries.splice(index, 0, entry);
    const next = this.#entries[index + 1]?.node || null;
    const { node } = entry;
    if (node.parentNode !== this.#log || node.nextElementSibling !== next) this.#log.insertBefore(node, next);
  }

  #setStatus({ node, status }, key, reason = "") {
    node.dataset.status = key;
    const delivery = make("span", { class: "delivery" }, say(key));
    status.replaceChildren(...(reason ? [make("span", { class: "reason" }, reason), " "] : []), delivery);
  }
}

function isStatic({ node }) {
  return "static" in node.dataset;
}
