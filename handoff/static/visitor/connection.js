// The socket: opens, greets, notices a dead line, comes back. It knows nothing of messages.

const FIRST_DELAY = 500;
const LONGEST_DELAY = 8_000;
const FATAL_DELAY = 30_000; // after the server closed the door on purpose
const WELCOME_LIMIT = 8_000;
const PING_EVERY = 20_000;
const PONG_LIMIT = 6_000;
const WAKE_PONG_LIMIT = 3_000; // a phone that wakes up often holds a socket that died in its sleep
const SETTLED = 5_000; // only a line that held this long makes the next delay short again

export class Connection {
  ready = false;
  wanted = false; // the page has asked for a line and has not given it up
  #socket = null;
  #openedAt = 0;
  #readyAt = 0;
  #attempt = 0;
  #notBefore = 0;
  #retry = 0;
  #deadline = 0;
  #pinger = 0;

  /** `hello()` makes the first frame, `onFrame` gets every frame, `onChange` is called when `ready` changes. */
  constructor({ hello, onFrame, onChange }) {
    Object.assign(this, { hello, onFrame, onChange });
    addEventListener("online", () => this.#wake());
    addEventListener("pageshow", () => this.#wake());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.#wake());
  }

  /** Opens if there is no socket; a waiting retry is brought forward, except after a fatal refusal. */
  start() {
    this.wanted = true;
    if (this.#socket || Date.now() < this.#notBefore) return;
    this.#open();
  }

  stop() {
    this.wanted = false;
    this.#drop();
  }

  send(frame) {
    if (!this.ready) return;
    this.#socket.send(JSON.stringify(frame));
  }

  greet() {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(this.hello()));
  }

  /** Drops the socket and opens a fresh one: at once, or after the usual delay. */
  renew({ now = false } = {}) {
    if (!this.#socket) return;
    this.#drop();
    if (now) this.start();
  }

  /** The server meant it: come back late. */
  holdOff() {
    this.#notBefore = Date.now() + FATAL_DELAY;
  }

  welcomed() {
    this.#readyAt = Date.now();
    clearTimeout(this.#deadline);
    clearInterval(this.#pinger);
    this.#pinger = setInterval(() => this.#ping(PONG_LIMIT), PING_EVERY);
    this.#setReady(true);
  }

  #open() {
    clearTimeout(this.#retry);
    this.#openedAt = Date.now();
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}/ws/visitor`);
    this.#socket = socket;
    socket.onopen = () => this.greet();
    socket.onmessage = (event) => this.#receive(event.data);
    socket.onclose = () => this.#lost();
    this.#limit(WELCOME_LIMIT);
  }

  #receive(data) {
    if (this.ready) clearTimeout(this.#deadline); // any frame shows that the line lives
    let frame;
    try {
      frame = JSON.parse(data);
    } catch {
      return;
    }
    this.onFrame(frame);
  }

  #ping(limit) {
    this.send({ type: "ping" });
    this.#limit(limit);
  }

  #limit(milliseconds) {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.#drop(), milliseconds);
  }

  /** Gives a socket up without waiting for its closing handshake: a dead line would never finish it. */
  #drop() {
    const socket = this.#socket;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
    this.#lost();
  }

  #lost() {
    this.#socket = null;
    [this.#deadline, this.#retry].forEach(clearTimeout);
    clearInterval(this.#pinger);
    if (this.ready && Date.now() - this.#readyAt > SETTLED) this.#attempt = 0;
    if (this.wanted) this.#retry = setTimeout(() => this.#open(), this.#delay());
    this.#setReady(false);
  }

  /** Doubling with jitter, so that a thousand tabs do not return in the same moment. */
  #delay() {
    const base = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** this.#attempt++);
    return Math.max(base * (0.5 + Math.random() / 2), this.#notBefore - Date.now());
  }

  #wake() {
    if (!this.wanted) return;
    if (this.ready) this.#ping(WAKE_PONG_LIMIT);
    else if (this.#socket && Date.now() - this.#openedAt > 2_000) this.renew({ now: true });
    else this.start();
  }

  #setReady(ready) {
    const changed = this.ready !== ready;
    this.ready = ready;
    if (changed) this.onChange();
  }
}
