/* The conversations this page knows: mine, the one being looked at, and those that slipped away.
   The service decides whose a conversation is (`/api/mine`); news only say when to ask. */

import * as api from './api.js';
import { emit, on } from './bus.js';
import { freeLetter, letterOf, lettered } from './letters.js';
import * as memory from './memory.js';
import { isCrisis } from './words.js';

const RETRY = 2_000;
const BARE = { marks: [], choices: [], referrals: [] };
const TAKEN = 'Een collega heeft dit gesprek genomen.';
const SLIPPED = {
  closed: 'Dit gesprek is afgesloten.',
  waiting: 'Dit gesprek is niet meer van jou. Het staat weer in de wachtrij.',
  human: 'Dit gesprek is niet meer van jou. Een collega heeft het nu.',
};

const talks = new Map();
const leftAt = new Map(); // when a conversation stopped being mine: an older answer must not bring it back
let openId = null;

export const get = (id) => talks.get(id) ?? null;
export const opened = () => get(openId);
export const isMine = (id) => get(id)?.mode === 'mine';

const byLetter = (a, b) => a.letter.localeCompare(b.letter);

export const mine = () => [...talks.values()].filter((talk) => talk.mode === 'mine').sort(byLetter);
export const lost = () => [...talks.values()].filter((talk) => talk.mode === 'gone' && talk.letter).sort(byLetter);

/** Calls during the work are folded into one more round: nothing is missed, nothing overlaps. */
function folded(work) {
  let running = false;
  let again = false;
  return async () => {
    again = true;
    if (running) return;
    running = true;
    while (again) {
      again = false;
      await work();
    }
    running = false;
  };
}

/** mode: `mine`, `preview` (waits; its words are read by who takes it) or `gone` (not mine any more; typed words stay). */
function ensure(id) {
  if (!talks.has(id)) {
    const talk = { id, mode: 'preview', letter: '', lease: 0, card: null, lines: [], notice: '', mineSince: 0, takenAt: 0, taking: false };
    talk.refresh = folded(() => pull(talk));
    talks.set(id, talk);
  }
  return talks.get(id);
}

const changed = (talk) => {
  emit('talk', talk);
  emit('talks');
};

function makeMine(talk, lease) {
  if (talk.mode !== 'mine') Object.assign(talk, { mode: 'mine', letter: letterOf(talk.id), notice: '', news: '', mineSince: performance.now() });
  talk.lease = lease;
}

/** Take a conversation; throws what the service says when somebody else was first. */
export async function take(id) {
  const seen = get(id);
  if (seen) seen.taking = true; // its news may arrive before the answer
  try {
    const { lease } = await api.claim(id);
    const talk = ensure(id);
    makeMine(talk, lease);
    talk.takenAt = api.serverNow();
  } finally {
    if (seen) seen.taking = false;
  }
  emit('talks');
}

export function open(id) {
  const before = opened();
  openId = id;
  memory.keepOpened(id);
  if (before && before.id !== id && before.mode !== 'mine' && !before.letter) talks.delete(before.id);
  if (id) refresh(ensure(id).id);
  emit('open', opened());
}

/** Fetch what is new of a conversation of mine. */
export function refresh(id) {
  const talk = get(id);
  if (talk?.mode === 'mine') talk.refresh();
}

async function pull(talk) {
  try {
    const { card, lines } = await api.transcript(talk.id, talk.lines.at(-1)?.seq ?? 0);
    if (get(talk.id) === talk && talk.mode === 'mine') absorb(talk, card, lines);
  } catch (error) {
    if (error instanceof api.Unreachable) setTimeout(refresh, RETRY, talk.id);
    else if (talk.mode === 'mine') setTimeout(refreshMine, RETRY);
  }
}

function absorb(talk, card, lines) {
  const last = talk.lines.at(-1)?.seq ?? 0;
  const fresh = lines.filter((line) => line.seq > last).sort((a, b) => a.seq - b.seq).map((line) => ({ ...BARE, ...line }));
  const rose = talk.card && !isCrisis(talk.card) && isCrisis(card);
  const first = !talk.card;
  talk.card = card;
  talk.lines.push(...fresh);
  talk.lease = card.lease;
  if (fresh.length) emit('lines', { talk, fresh, first });
  if (rose) emit('rise', talk);
  changed(talk);
}

/** The truth about what is mine. A claim made while the answer was under way is not in it, and stays. */
export const refreshMine = folded(async () => {
  const asked = performance.now();
  try {
    const { items } = await api.mine();
    adopt(items.filter((card) => !(leftAt.get(card.id) > asked)), asked);
  } catch {
    setTimeout(refreshMine, RETRY);
  }
});

function adopt(cards, asked) {
  const ids = new Set(cards.map((card) => card.id));
  for (const talk of mine()) if (!ids.has(talk.id) && talk.mineSince < asked) gone(talk, SLIPPED[talk.news] ?? 'Dit gesprek is niet meer van jou.');
  for (const id of lettered()) if (!ids.has(id) && !talks.has(id)) remember(id);
  for (const card of cards) {
    makeMine(ensure(card.id), card.lease);
    refresh(card.id);
  }
  emit('mine-known');
  emit('talks');
}

/** Mine before a reload, and not now: worth a row only where typed words are left. */
function remember(id) {
  if (!memory.draft(id) && !memory.unsent(id).length) return freeLetter(id);
  makeMine(ensure(id), 0);
  gone(get(id), 'Dit gesprek is niet meer van jou.');
}

/**
 * Not mine any more. What the visitor wrote leaves the screen, unless the talk is over: its next owner reads it, not I.
 * What I typed and did not get sent stays.
 */
export function gone(talk, notice) {
  if (talk.mode === 'gone') return;
  const wasMine = talk.mode === 'mine';
  Object.assign(talk, { mode: 'gone', notice });
  leftAt.set(talk.id, performance.now());
  if (talk.card?.state !== 'closed' && talk.news !== 'closed') talk.lines = [];
  emit(wasMine ? 'slipped' : 'vanished', talk);
  changed(talk);
}

/** Done with a conversation, by choice: nothing of it stays here. */
export function drop(id) {
  const talk = get(id);
  if (talk) talk.mode = 'gone'; // whoever still holds it must not go on writing
  leftAt.set(id, performance.now());
  talks.delete(id);
  freeLetter(id);
  memory.forget(id);
  emit('dropped', id);
  if (openId === id) open(null);
  emit('talks');
}

/** The queue is another witness: a conversation looked at that no longer waits was taken by somebody. */
export function queueSeen(ids) {
  const talk = opened();
  if (talk?.mode === 'preview' && !talk.taking && !ids.has(talk.id)) gone(talk, TAKEN);
}

on('lease-lost', ({ talk, message }) => {
  gone(talk, message);
  refreshMine();
});

on('news:conversation', (news) => {
  const talk = get(news.id);
  if (talk) talk.news = news.state;
  if (news.mine !== isMine(news.id)) refreshMine();
  refresh(news.id);
});

on('stored', refresh);

export function refreshAll() {
  refreshMine();
  if (openId) refresh(openId);
}
