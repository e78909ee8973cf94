/* The transcript of the open talk: grows at its end, and stays where the helper reads. */

import { on } from './bus.js';
import { $, reconcile, setHidden, setText } from './dom.js';
import { divider, echoNode, lineNode, updateEcho } from './lines.js';
import * as outbox from './outbox.js';
import * as talks from './talks.js';
import { markRead, readSeq, unread } from './unread.js';
import { several } from './words.js';

const NEAR = 80; // pixels from the end that still count as reading the end

let shownId = null;
let shownSeq = 0;
let follows = true; // the helper reads the end

const thread = () => $('thread');

const atEnd = () => thread().scrollHeight - thread().scrollTop - thread().clientHeight < NEAR;

const visible = () => document.visibilityState === 'visible' && thread().offsetParent !== null;

export function toEnd() {
  thread().scrollTop = thread().scrollHeight;
  follows = true;
  seen();
}

/** What stands at the end and is looked at counts as read. */
function seen() {
  const talk = talks.opened();
  if (talk?.mode === 'mine' && follows && visible()) markRead(talk);
  showNewer(talk);
}

function showNewer(talk) {
  const count = talk?.mode === 'mine' && !follows ? unread(talk) : 0;
  setHidden($('newer'), follows || !talk);
  setText($('newer'), count ? `${several(count, 'nieuw bericht', 'nieuwe berichten')} ↓` : 'Naar het einde ↓');
}

function append(talk) {
  const border = talk.mode === 'mine' && shownSeq === 0 && readSeq(talk) ? readSeq(talk) : 0;
  for (const line of talk.lines) {
    if (line.seq <= shownSeq) continue;
    if (border && shownSeq === border && line.sender === 'visitor') $('lines').append(divider());
    $('lines').append(lineNode(line));
    shownSeq = line.seq;
  }
}

/** A new talk starts at what is new in it, or at its end. */
function place() {
  const mark = $('lines').querySelector('.divider');
  toEnd();
  if (!mark) return;
  mark.scrollIntoView({ block: 'start' });
  follows = atEnd();
}

function clear() {
  $('lines').replaceChildren();
  shownSeq = 0;
  follows = true;
}

export function render() {
  const talk = talks.opened();
  const other = shownId !== (talk?.id ?? null) || !talk?.lines.length;
  shownId = talk?.id ?? null;
  if (other) clear();
  if (!talk) return;
  const starts = shownSeq === 0;
  append(talk);
  echoes(talk);
  if (starts) place();
  else if (follows) toEnd();
  seen();
}

function echoes(talk) {
  const lines = talk.mode === 'mine' ? outbox.waiting(talk.id) : [];
  reconcile($('echoes'), lines.map((line) => ({ ...line, id: line.client_id })), echoNode, updateEcho);
}

function echoesChanged(id) {
  const talk = talks.opened();
  if (talk?.id !== id) return;
  echoes(talk);
  if (follows) toEnd();
}

export function start(takeBack) {
  thread().addEventListener('scroll', () => {
    follows = atEnd();
    seen();
  }, { passive: true });
  $('newer').addEventListener('click', toEnd);
  document.addEventListener('visibilitychange', seen);
  new ResizeObserver(() => { if (follows) toEnd(); }).observe(thread()); // the composer grew, a keyboard opened
  $('echoes').addEventListener('click', (event) => {
    const row = event.target.closest('.take-back')?.closest('li');
    if (row) takeBack(outbox.pull(shownId, row.dataset.id));
  });
  on('echoes', echoesChanged);
  on('lines', ({ talk }) => outbox.settle(talk));
}
