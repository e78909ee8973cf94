/* Writing to the visitor: the draft of each talk, typing, sending. */

import * as api from './api.js';
import { emit, on } from './bus.js';
import { $, setText } from './dom.js';
import * as memory from './memory.js';
import * as outbox from './outbox.js';
import * as talks from './talks.js';

const LONGEST = 20_000; // characters of one sent message; the server refuses more
const TYPING_EVERY = 4_000;

const words = () => $('words');
const typedAt = new Map(); // conversation id -> when typing was last told
let shownId = null;

/** Let the field show the draft of the open talk; never while that talk stays open, or it would eat what is typed. */
export function render() {
  const talk = talks.opened();
  const id = talk?.mode === 'mine' ? talk.id : null;
  if (id) setText($('words-label'), `Schrijf aan bezoeker ${talk.letter}`);
  if (id) setText($('send-to'), ` aan ${talk.letter}`);
  if (id === shownId) return;
  shownId = id;
  show(id ? memory.draft(id) : '');
}

function show(text) {
  words().value = text;
  grow();
  trouble('');
}

const trouble = (text) => setText($('words-trouble'), text);

/** As high as its text, within what the style sheet allows. Where the browser can do it itself (`field-sizing`), it does. */
function grow() {
  if (CSS.supports('field-sizing', 'content')) return;
  words().style.height = 'auto';
  words().style.height = `${words().scrollHeight + 2}px`;
}

function changed() {
  const talk = talks.get(shownId);
  if (!talk) return;
  memory.keepDraft(shownId, words().value);
  grow();
  trouble(tooLong() ? 'Dit is te lang om in één keer te versturen. Knip het in stukken.' : '');
  if (words().value.trim()) tellTyping(talk);
}

const tooLong = () => words().value.length > LONGEST && [...words().value.trim()].length > LONGEST;

async function tellTyping(talk) {
  const now = Date.now();
  if (now - (typedAt.get(talk.id) ?? 0) < TYPING_EVERY) return;
  typedAt.set(talk.id, now);
  try {
    await api.typing(talk.id, talk.lease);
  } catch (error) {
    if (error.code === 'lease_lost') emit('lease-lost', { talk, message: error.message });
    /* anything else: typing is a courtesy, the line itself is what counts */
  }
}

function send() {
  const talk = talks.get(shownId);
  const text = words().value.trim();
  if (!talk || !text || tooLong()) return;
  outbox.say(talk, text);
  memory.keepDraft(talk.id, '');
  typedAt.delete(talk.id);
  show('');
  emit('sent', talk.id);
}

function keys(event) {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  send();
}

/** Put words where the helper writes, on a line of their own at the end of the draft. */
export function insert(text) {
  if (!shownId || !text) return false;
  words().value = [words().value.trimEnd(), text].filter(Boolean).join('\n');
  changed();
  words().focus();
  return true;
}

export function start() {
  words().addEventListener('input', changed);
  words().addEventListener('keydown', keys);
  $('composer').addEventListener('submit', (event) => {
    event.preventDefault();
    send();
    words().focus();
  });
  on('open', render);
  on('talk', render);
}
