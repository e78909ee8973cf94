/* Taking a conversation, from wherever: at most one request for each, and the answer is shown where the helper looks. */

import { murmur } from './alerts.js';
import * as api from './api.js';
import { emit } from './bus.js';
import { $ } from './dom.js';
import * as talks from './talks.js';

const GONE = new Set(['already_claimed', 'not_found', 'illegal_transition']);
const STAYS = 8_000; // long enough to read who was first

const asking = new Set();
const notes = new Map(); // conversation id -> { text, leaves }

export const isAsking = (id) => asking.has(id);
export const noteOf = (id) => notes.get(id) ?? null;

function note(id, text, leaves) {
  const entry = { text, leaves };
  notes.set(id, entry);
  emit('claims');
  murmur(text);
  setTimeout(() => {
    if (notes.get(id) === entry) notes.delete(id); // a later note of the same row has its own time
    emit('claims');
  }, STAYS);
}

function failed(id, error) {
  if (!(error instanceof api.Refused)) return note(id, 'Geen verbinding. Probeer het zo weer.', false);
  const leaves = GONE.has(error.code);
  note(id, error.message, leaves);
  const seen = talks.get(id);
  if (leaves && seen?.mode === 'preview') talks.gone(seen, error.message);
}

/** The talk that was taken opens, unless the helper went back to writing: words must not land in another talk or become shortcuts. */
function show(id) {
  if (document.activeElement === $('words')) return;
  emit('taken', id);
  talks.open(id);
}

/** Says that one has seen an alarm; the queue that comes back shows it. */
export async function seen(id) {
  try {
    await api.seen(id);
  } catch (error) {
    failed(id, error);
  }
}

export async function claim(id) {
  if (asking.has(id) || talks.isMine(id)) return;
  asking.add(id);
  notes.delete(id);
  emit('claims');
  try {
    await talks.take(id);
    show(id);
  } catch (error) {
    failed(id, error);
  } finally {
    asking.delete(id);
    emit('claims');
  }
}
