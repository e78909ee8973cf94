/* My lines on their way. Per conversation in order; the same client id until the service has stored it, so that
   trying again can never say something twice. Kept in the tab: a reload or a restart of the server loses no word. */

import * as api from './api.js';
import { emit, on } from './bus.js';
import * as memory from './memory.js';

const FIRST_WAIT = 500;
const LONGEST_WAIT = 8_000;
const TOO_FAST = 429; // later is soon enough
const NOT_MINE = new Set(['lease_lost', 'not_found', 'illegal_transition']);

const lanes = new Map(); // conversation id -> { lines, running, wake }

function laneOf(id) {
  if (!lanes.has(id)) lanes.set(id, { lines: memory.unsent(id), running: false, wake: null });
  return lanes.get(id);
}

export const waiting = (id) => laneOf(id).lines;
export const hasRefused = (id) => waiting(id).some((line) => line.state === 'refused');
export const unsentCount = (id) => waiting(id).filter((line) => line.state !== 'sent').length;

function keep(id) {
  memory.keepUnsent(id, waiting(id).filter((line) => line.state !== 'sent'));
  emit('echoes', id);
}

export function say(talk, text) {
  laneOf(talk.id).lines.push({ client_id: crypto.randomUUID(), text, state: 'sending', why: '' });
  keep(talk.id);
  run(talk);
}

/** Send one after the other; ends when nothing is left to send or the conversation is not mine. */
export async function run(talk) {
  const lane = laneOf(talk.id);
  if (lane.running) return lane.wake?.();
  lane.running = true;
  let wait = FIRST_WAIT;
  for (let line; talk.mode === 'mine' && (line = lane.lines.find((one) => one.state === 'sending'));) {
    if (await attempt(talk, line)) wait = FIRST_WAIT;
    else wait = await rest(lane, wait);
    keep(talk.id);
  }
  lane.running = false;
}

/** True when the line is settled, whichever way. */
async function attempt(talk, line) {
  try {
    const { seq } = await api.line(talk.id, { lease: talk.lease, client_id: line.client_id, text: line.text });
    Object.assign(line, { state: 'sent', seq, why: '' });
    emit('stored', talk.id);
  } catch (error) {
    if (!(error instanceof api.Refused) || error.status === TOO_FAST) {
      line.why = error.message || 'geen verbinding, ik probeer opnieuw';
      return false;
    }
    if (NOT_MINE.has(error.code)) emit('lease-lost', { talk, message: error.message });
    else {
      Object.assign(line, { state: 'refused', why: error.message });
      emit('refused', { talk, line });
    }
  }
  return true;
}

const announce = (lane) => {
  for (const [id, one] of lanes) if (one === lane) emit('echoes', id);
};

/** Wait, or less when the connection returns; gives the next, longer wait. */
async function rest(lane, wait) {
  announce(lane);
  await new Promise((resolve) => {
    lane.wake = resolve;
    setTimeout(resolve, wait);
  });
  lane.wake = null;
  return Math.min(LONGEST_WAIT, wait * 2);
}

/** The transcript shows these now: their echoes go. */
export function settle(talk) {
  const lane = laneOf(talk.id);
  const ids = new Set(talk.lines.map((line) => line.client_id).filter(Boolean));
  const last = talk.lines.at(-1)?.seq ?? 0;
  lane.lines = lane.lines.filter((line) => !ids.has(line.client_id) && !(line.seq <= last));
  keep(talk.id);
}

/** Take an unsent line out, to be edited or kept elsewhere; gives its text. */
export function pull(id, clientId) {
  const lane = laneOf(id);
  const line = lane.lines.find((one) => one.client_id === clientId);
  lane.lines = lane.lines.filter((one) => one !== line);
  keep(id);
  return line?.text ?? '';
}

/** The conversation slipped away: what was not sent goes back, in front of the draft. */
on('slipped', (talk) => {
  const lane = laneOf(talk.id);
  const words = lane.lines.filter((line) => line.state !== 'sent').map((line) => line.text);
  lane.lines = [];
  keep(talk.id);
  if (words.length) memory.keepDraft(talk.id, [...words, memory.draft(talk.id)].filter(Boolean).join('\n'));
  emit('draft', talk.id);
});

on('dropped', (id) => lanes.delete(id));
