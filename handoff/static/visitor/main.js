// The visitor's page: one conversation. Nothing is asked of the server before the first message.

import { byId, say } from "./dom.js";
import * as store from "./store.js";
import { Composer } from "./composer.js";
import { Connection } from "./connection.js";
import { Emergency } from "./emergency.js";
import { GapWatch } from "./gap.js";
import { setUpLeaving } from "./leave.js";
import { Outbox } from "./outbox.js";
import { Presence } from "./presence.js";
import { Returning } from "./returning.js";
import { watchTaps } from "./taps.js";
import { Thread } from "./thread.js";
import { Trouble } from "./trouble.js";
import { followViewport } from "./viewport.js";

const presence = new Presence();
const trouble = new Trouble(presence);
const thread = new Thread({ onChoose: choose, onEdit: edit, choosing: () => presence.state !== "human" });
const connection = new Connection({ hello, onFrame: receive, onChange: () => trouble.update(connection) });
const outbox = new Outbox({ transmit: (frame) => connection.send(frame), onStuck: stuck });
const gap = new GapWatch(thread.numbers, () => connection.greet());
const composer = new Composer({ onSend: send, onHuman: askHuman, onTooLong: () => presence.announce(say("too_long")) });
const returning = new Returning({ onCode: () => connection.start(), onAnew: anew });
const handlers = { welcome, ack, refused, message, state, working, typing, error };
let explained = false; // the numbers open by themselves once in a silence, not every ten seconds
let lastUrgent = ""; // emergency text that came with a refusal: a retry does not say it twice
let lastProblem = "";

// --- what the visitor does

function send(text, choice) {
  thread.echo(outbox.add(text, choice));
  returning.offer(false);
  connection.start();
  trouble.update(connection);
}

function choose({ label, value }) {
  send(label, value);
  composer.focus();
}

function askHuman() {
  const asking = outbox.waiting.some((item) => item.choice === "mens"); // a second tap is not a second question
  if (!asking) send(say("human"), "mens");
}

function edit(id) {
  const item = outbox.items.find((one) => one.client_id === id);
  outbox.remove(id);
  thread.remove(id);
  if (item) composer.put(item.text);
}

// --- what the server says

function hello() {
  const token = store.token.get();
  const way = returning.code ? { code: returning.code } : token ? { token } : {};
  return { type: "hello", after: thread.numbers.last, ...way };
}

function receive(frame) {
  handlers[frame?.type]?.(frame);
}

function welcome({ token, resumed, last_seq: last }) {
  if (token) store.token.set(token);
  returning.accept();
  if (resumed && thread.numbers.last === 0) thread.quietUntil(last);
  connection.welcomed();
  outbox.flush();
}

function ack({ client_id: id, seq }) {
  outbox.remove(id);
  thread.acked(id, seq);
  gap.check();
  if (!explained || outbox.waiting.length) return;
  explained = false;
  emergency.explain("");
}

function refused({ client_id: id, text, emergency: urgent, retry_after: retryAfter }) {
  const final = typeof retryAfter !== "number";
  if (id) outbox.refuse(id, { reason: text, retryAfter, place: thread.refused(id, text, final) });
  else thread.local("notice", text);
  presence.announce(text);
  if (!urgent) return;
  if (urgent !== lastUrgent) thread.local("emergency", urgent);
  lastUrgent = urgent;
  emergency.pin(true);
}

function message(frame) {
  if (frame.kind === "emergency" && !thread.replaying) emergency.pin(true);
  thread.stored(frame);
  gap.check();
  if (frame.sender === "helper") presence.set("typing", "");
  if (frame.sender !== "visitor") lastUrgent = lastProblem = "";
}

function state(frame) {
  presence.setState(frame);
  emergency.pin(frame.urgent);
  thread.refresh();
}

function working({ on }) {
  presence.working(on);
}

function typing() {
  presence.typing();
}

function error({ code, text, fatal }) {
  if (returning.code) return noSuchCode(text);
  if (code === "unknown_token" && store.token.get()) return beginAnew();
  if (text !== lastProblem) thread.local("notice", text);
  lastProblem = text;
  if (fatal) connection.holdOff();
}

/** The old conversation is gone. A new one is opened only if there is something to say. */
function beginAnew() {
  store.token.forget();
  thread.restart();
  thread.local("notice", say("unknown_token"));
  presence.setState({ state: "bot" });
  if (outbox.waiting.length) connection.renew({ now: true });
  else connection.stop();
}

function noSuchCode(text) {
  connection.stop();
  returning.refuse(text);
}

/** From a left message to a new talk; the thread is reached by its code. */
function anew() {
  store.token.forget();
  connection.stop();
  location.reload();
}

/** Something is unsent for too long, with or without a socket: say it, show the numbers, try a fresh line. */
function stuck() {
  connection.renew();
  if (!explained) emergency.open(say("help_unreachable"));
  explained = true;
}

// --- the start

setUpLeaving(() => {
  outbox.stop();
  connection.stop();
});
outbox.items.forEach((item) => {
  thread.echo(item);
  if (item.refused) thread.refused(item.client_id, item.refused, true);
});
watchTaps(byId("thread"), (frame) => connection.send(frame));
document.body.classList.add("ready");
followViewport();
// Last, so that a script that fails on its way leaves the numbers open.
const emergency = new Emergency();
if (store.token.get() || outbox.waiting.length) connection.start();
else returning.offer(true);
outbox.flush();
