/* What a helper has not read yet, and who waits for an answer. */

import { emit } from './bus.js';
import * as memory from './memory.js';

const upTo = new Map(); // conversation id -> last number that was on the screen

const lastHelper = (talk) => talk.lines.findLast((line) => line.sender === 'helper')?.seq ?? 0;

/** Never read in this tab: whoever answered had read what stood before the answer. */
export const readSeq = (talk) => upTo.get(talk.id) ?? memory.readUpTo(talk.id) ?? lastHelper(talk);

export const unread = (talk) => talk.lines.filter((line) => line.sender === 'visitor' && line.seq > readSeq(talk)).length;

export function markRead(talk) {
  const last = talk.lines.at(-1)?.seq ?? 0;
  if (last <= (upTo.get(talk.id) ?? 0)) return;
  upTo.set(talk.id, last);
  memory.keepReadUpTo(talk.id, last);
  emit('talks');
}

/** Since when the visitor waits for a line of mine: their first unanswered message, or the moment I took the talk. */
export function owedSince(talk) {
  const answered = lastHelper(talk);
  const asked = talk.lines.find((line) => line.sender === 'visitor' && line.seq > answered);
  const wrote = talk.lines.findLast((line) => line.sender === 'helper');
  if (asked) return Math.max(Date.parse(asked.at), talk.takenAt);
  if (talk.takenAt && !(wrote && Date.parse(wrote.at) >= talk.takenAt - 1_000)) return talk.takenAt;
  return 0;
}
