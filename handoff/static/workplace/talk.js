/* The right-hand side: whose talk this is, what is known of the visitor, and what may be done with it. */

import * as api from './api.js';
import { on } from './bus.js';
import { chip } from './chip.js';
import { claim, isAsking } from './claims.js';
import { $, el, setHidden, setText } from './dom.js';
import { bandOf } from './letters.js';
import * as memory from './memory.js';
import { canTake } from './queue.js';
import * as talks from './talks.js';
import * as thread from './thread.js';
import * as words from './words.js';

function title(talk) {
  if (!talk) return 'Geen gesprek open';
  return talk.letter ? `Gesprek ${talk.letter}` : 'Wachtend gesprek';
}

function facts(card, mode) {
  return [
    ['Soort', words.kinds(card.kinds), words.kindMeaning(card.kinds)],
    ['Thema', [words.theme(card.theme) || 'nog onbekend', words.sub(card.sub)].filter(Boolean).join(', ')],
    ['Misschien ook', words.theme(card.second_theme)],
    ['Voor wie', words.perspective(card.perspective)],
    ['Antwoord vóór', card.answer_by ? words.moment(card.answer_by) : ''],
    ['Nu', mode === 'mine' ? '' : words.state(card.state)],
    ['Begonnen', `${words.moment(card.created_at)} (${words.lasted(api.serverNow() - Date.parse(card.created_at))})`],
  ].filter(([, value]) => value);
}

function fact([name, value, meaning]) {
  return el('div', { 'data-fact': name }, el('dt', { text: name }), el('dd', { text: value, title: meaning }));
}

let drawn = '';

/** Drawn again only when something in it differs: it lives for an hour and may be selected or read aloud. */
function drawCard(talk) {
  const list = talk?.card && talk.mode !== 'gone' ? facts(talk.card, talk.mode) : [];
  setHidden($('card'), !list.length);
  if (drawn === JSON.stringify(list)) return;
  drawn = JSON.stringify(list);
  $('card').replaceChildren(...list.map(fact));
}

function drawHead(talk) {
  const panel = $('talk');
  panel.dataset.mode = talk?.mode ?? 'none';
  if (talk?.letter) panel.dataset.band = bandOf(talk.letter);
  else delete panel.dataset.band;
  setText($('talk-title'), title(talk));
  setHidden($('talk-letter'), !talk?.letter);
  setText($('talk-letter'), talk?.letter ?? '');
  setHidden($('talk-urgency'), !talk?.card);
  chip($('talk-urgency'), talk?.card?.urgency ?? null);
  setHidden($('talk-actions'), talk?.mode !== 'mine');
  setHidden($('answered'), !talk?.card?.answer_by);
}

function drawKept(talk) {
  const text = talk?.mode === 'gone' ? memory.draft(talk.id) : '';
  setHidden($('kept'), talk?.mode !== 'gone');
  setHidden($('kept-words-wrap'), !text);
  setHidden($('copy'), !text);
  $('kept-words').value = text;
}

function drawTaking(talk) {
  const offered = talk?.mode === 'preview' && canTake(talk.id);
  setHidden($('taking'), !offered);
  $('take').setAttribute('aria-disabled', String(Boolean(talk && isAsking(talk.id))));
}

/** The field disappears under the hands: what is typed on must not become shortcuts or reach another visitor. */
function catchHands() {
  if (!$('kept-words-wrap').hidden) $('kept-words').focus();
  else $('talk-title').focus();
}

function render() {
  const talk = talks.opened();
  const writing = document.activeElement === $('words');
  drawHead(talk);
  drawCard(talk);
  setHidden($('talk-empty'), Boolean(talk));
  setText($('talk-notice'), talk?.notice ?? '');
  setHidden($('thread-wrap'), !talk?.lines.length && talk?.mode !== 'mine');
  setHidden($('composer'), talk?.mode !== 'mine');
  drawKept(talk);
  drawTaking(talk);
  if (writing && talk?.mode === 'gone') catchHands();
  thread.render();
}

async function copy() {
  $('kept-words').select();
  try {
    await navigator.clipboard.writeText($('kept-words').value);
    setText($('copy'), 'Gekopieerd');
  } catch {
    setText($('copy'), 'Gekozen: kopieer met Ctrl+C'); // the clipboard may be forbidden; the words are selected
  }
}

function opened() {
  setText($('copy'), 'Kopieer tekst');
  render();
}

export function tick() {
  drawCard(talks.opened());
}

export function start() {
  $('copy').addEventListener('click', copy);
  $('take').addEventListener('click', () => claim(talks.opened().id));
  $('dismiss').addEventListener('click', () => {
    const talk = talks.opened();
    talks.drop(talk.id);
    $('queue-title').focus();
  });
  on('open', opened);
  on('talk', (talk) => { if (talk === talks.opened()) render(); });
  on('claims', render);
  on('news:queue', render);
}
