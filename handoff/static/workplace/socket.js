/* The news socket: connects, notices a dead line, comes back. News are hints; what they point to is fetched over HTTP. */

import * as api from './api.js';
import { emit } from './bus.js';

const FIRST_WAIT = 500;
const LONGEST_WAIT = 8_000;
const NOT_LOGGED_IN = 4401;

let socket = null;
let tries = 0;
let retry = 0;
let unanswered = false; // a ping that got no answer yet

const address = () => `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws/workplace`;

/** Exponential, with jitter so that a restarted server is not met by everyone at once. */
function delay() {
  const full = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** tries);
  return full * (0.7 + Math.random() * 0.3);
}

function connect() {
  clearTimeout(retry);
  unanswered = false;
  const mine = new WebSocket(address());
  socket = mine;
  const ifCurrent = (react) => (event) => { if (socket === mine) react(event); }; // late events of an abandoned socket
  mine.onopen = ifCurrent(opened);
  mine.onmessage = ifCurrent(heard);
  mine.onclose = ifCurrent(closed);
}

function opened() {
  tries = 0;
  emit('link', 'open');
}

function heard(event) {
  unanswered = false;
  try {
    const frame = JSON.parse(event.data);
    emit(`news:${frame.type}`, frame);
  } catch {
    /* a frame this page does not understand: an older page at a newer server goes on */
  }
}

function closed(event) {
  socket = null;
  if (event.code === NOT_LOGGED_IN) return api.toLogin();
  emit('link', 'lost');
  if (tries > 1) api.mine().catch(() => {}); // a refused handshake hides its reason; this answer (401) tells it
  retry = setTimeout(connect, delay());
  tries += 1;
}

/** Give up on a socket that nobody closed; its own late events no longer count. */
function abandon() {
  const dead = socket;
  closed({ code: 0 });
  dead.close();
}

/** Every tick: a ping without an answer, or a handshake that hangs, is a dead line. */
function pulse() {
  if (!socket) return;
  if (unanswered) return abandon();
  unanswered = true;
  if (socket.readyState === WebSocket.OPEN) socket.send('{"type":"ping"}');
}

/** Do not sit out the wait when the machine wakes up or the network returns. */
function hurry() {
  if (document.visibilityState === 'hidden' || socket) return;
  tries = 0;
  connect();
}

function startPulse() {
  try {
    new Worker(new URL('./pulse.js', import.meta.url)).onmessage = pulse;
  } catch {
    setInterval(pulse, 10_000);
  }
}

export function start() {
  connect();
  startPulse();
  addEventListener('online', hurry);
  addEventListener('pageshow', hurry);
  document.addEventListener('visibilitychange', hurry);
}
