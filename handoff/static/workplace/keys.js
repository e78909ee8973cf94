/* Single-key shortcuts. Only outside fields, never together with a modifier, and they can be switched off (WCAG 2.1.4). */

import { isOpen, keysOn, showMap } from './dialogs.js';
import { $ } from './dom.js';
import * as mine from './mine.js';
import * as queue from './queue.js';
import * as talks from './talks.js';

const WALK = 'jk';
const COMMANDS = 'jknt';
const HESITATION = 250; // a key that takes or opens waits this long, and comes after no other letter for as long as WORD
const WORD = 1_000; //     takes: "nee" typed beside the field must not take a conversation, nor end in another visitor's field

let pending = 0;
let letterAt = -WORD; // when a letter was last pressed that is no command

function soon(action) {
  if (performance.now() - letterAt > WORD) pending = setTimeout(action, HESITATION);
}

const ACTIONS = {
  j: () => queue.step(1),
  k: () => queue.step(-1),
  n: () => soon(queue.takeNext),
  t: () => soon(queue.takeChosen),
  '/': () => $('words').focus(),
  '?': () => showMap(),
};

const inField = (target) => Boolean(target.closest?.('input, textarea, select, [contenteditable]'));

function open(letter) {
  const talk = mine.byLetter(letter.toUpperCase());
  if (talk) soon(() => talks.open(talk.id));
}

function leaveField(event) {
  if (event.key === 'Escape' && event.target === $('words')) $('thread').focus();
}

function act(event) {
  const action = ACTIONS[event.key];
  if (action) action();
  else if (/^[a-i]$/.test(event.key)) open(event.key);
  else return;
  event.preventDefault(); // the key must not also land in the field it led to
}

function pressed(event) {
  clearTimeout(pending);
  if (event.defaultPrevented || (event.repeat && !WALK.includes(event.key))) return;
  if (inField(event.target)) return leaveField(event);
  if (event.ctrlKey || event.metaKey || event.altKey || isOpen() || !keysOn()) return;
  act(event);
  if (/^[a-z ]$/i.test(event.key) && !COMMANDS.includes(event.key)) letterAt = performance.now();
}

export const start = () => document.addEventListener('keydown', pressed);
