/* My running conversations, and those that slipped away while something of mine was left. */

import * as api from './api.js';
import { on } from './bus.js';
import { chip } from './chip.js';
import { $, el, reconcile, setHidden, setText } from './dom.js';
import { bandOf } from './letters.js';
import * as outbox from './outbox.js';
import * as talks from './talks.js';
import { owedSince, unread } from './unread.js';
import * as words from './words.js';

function makeRow(talk) {
  return el('li', { class: 'talk-row' },
    el('button', { type: 'button', class: 'talk-open' },
      el('span', { class: 'letter', text: talk.letter }),
      el('span', { class: 'talk-row-top' }, el('span', { class: 'row-chip' }), el('span', { class: 'talk-theme' })),
      el('span', { class: 'unread', hidden: true }),
      el('span', { class: 'owed' })));
}

/** What the row tells besides the subject: the visitor who waits for an answer, or the reason why it is not mine. */
function owed(talk) {
  if (talk.mode === 'gone') return talk.notice;
  if (outbox.hasRefused(talk.id)) return 'een bericht is niet verstuurd';
  if (talk.card?.answer_by) return `bericht, antwoord vóór ${words.moment(talk.card.answer_by)}`;
  const since = owedSince(talk);
  if (since) return `wacht ${words.lasted(api.serverNow() - since, true)} op jou`;
  return talk.card ? 'jij schreef het laatst' : 'wordt opgehaald';
}

function updateRow(row, talk) {
  const part = (name) => row.querySelector(name);
  const count = talk.mode === 'mine' ? unread(talk) : 0;
  row.dataset.band = bandOf(talk.letter);
  row.toggleAttribute('data-gone', talk.mode === 'gone');
  row.toggleAttribute('data-owed', talk.mode === 'mine' && !talk.card?.answer_by && owedSince(talk) > 0);
  setText(part('.letter'), talk.letter);
  chip(part('.row-chip'), talk.card?.urgency ?? null);
  setText(part('.talk-theme'), words.theme(talk.card?.theme) || words.kinds(talk.card?.kinds ?? []) || 'thema nog onbekend');
  setHidden(part('.unread'), !count);
  setText(part('.unread'), count ? `${count} nieuw` : '');
  setText(part('.owed'), owed(talk));
  if (talks.opened() === talk) part('.talk-open').setAttribute('aria-current', 'true');
  else part('.talk-open').removeAttribute('aria-current');
}

function render() {
  const mine = talks.mine();
  const lost = talks.lost();
  reconcile($('mine'), mine, makeRow, updateRow);
  reconcile($('lost'), lost, makeRow, updateRow);
  setText($('mine-count'), mine.length ? String(mine.length) : '');
  setHidden($('mine-empty'), mine.length > 0);
  setHidden($('lost-title'), !lost.length);
  const elsewhere = mine.filter((talk) => talk !== talks.opened()).reduce((sum, talk) => sum + unread(talk), 0);
  setText($('back-count'), elsewhere ? `(${elsewhere})` : '');
  setHidden($('back-word'), !elsewhere);
}

export function tick() {
  for (const row of [...$('mine').children]) {
    const talk = talks.get(row.dataset.id);
    if (talk) setText(row.querySelector('.owed'), owed(talk));
  }
}

/** By key: the conversation with this letter. */
export const byLetter = (letter) => talks.mine().find((talk) => talk.letter === letter) ?? null;

export function start() {
  for (const list of [$('mine'), $('lost')]) {
    list.addEventListener('click', (event) => {
      const id = event.target.closest('li')?.dataset.id;
      if (id) talks.open(id);
    });
  }
  for (const name of ['talks', 'open', 'lines', 'echoes']) on(name, render);
}
