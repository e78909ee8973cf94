/* One pane at a time on a phone, and where the focus goes when a talk opens. The browser's own Back leads to the list. */

import { on } from './bus.js';
import { $ } from './dom.js';
import * as talks from './talks.js';

const narrow = matchMedia('(max-width: 51.99rem)');
const mouse = matchMedia('(hover: hover) and (pointer: fine)');

const show = (pane) => { document.body.dataset.pane = pane; };

function toTalk() {
  show('talk');
  if (narrow.matches && !history.state?.talk) history.pushState({ talk: true }, '');
}

function toList() {
  show('list');
  if (history.state?.talk) history.back();
}

/** To the field where I go on writing, to the heading where there is something to read first (or a keyboard would pop up). */
function focusTalk(talk, reading) {
  if (!reading && talk.mode === 'mine' && mouse.matches) $('words').focus();
  else $('talk-title').focus({ preventScroll: true });
}

export function start() {
  let taken = null;
  on('taken', (id) => { taken = id; });
  on('open', (talk) => {
    if (!talk) return toList();
    toTalk();
    focusTalk(talk, taken === talk.id);
    taken = null;
  });
  addEventListener('popstate', () => show(history.state?.talk && talks.opened() ? 'talk' : 'list'));
  $('back').addEventListener('click', () => {
    toList();
    $('queue-title').focus();
  });
}
