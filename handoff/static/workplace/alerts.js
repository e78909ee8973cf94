/* What reaches a helper who looks elsewhere: the two live regions, the tab's title, the badge in the bar.
   Only a crisis interrupts; everything else is said politely or not at all. */

import * as api from './api.js';
import { emit, on } from './bus.js';
import { $, el, setHidden, setText, shape } from './dom.js';
import { chime } from './sound.js';
import * as talks from './talks.js';
import { unread } from './unread.js';
import { isCrisis, joined, kinds, lasted, level, several } from './words.js';

const SETTLE = 2_500; // the count changes often in a busy hour; say where it ended

const title = document.title;
let known = null; // crises in the last queue: id -> level and how often it was rung
let crises = [];
let spokenCount = null;
let countTimer = 0;

/** A live region speaks only when its content changes, so it is emptied first; quick successors share one utterance. */
function speaker(id) {
  let pending = [];
  return (text) => {
    if (pending.includes(text)) return;
    pending.push(text);
    if (pending.length > 1) return;
    $(id).textContent = '';
    setTimeout(() => {
      $(id).textContent = pending.join(' ');
      pending = [];
    }, 80);
  };
}

export const shout = speaker('assertive');
export const murmur = speaker('polite');

const described = (item) => `${level(item.urgency)}, ${joined(kinds(item.kinds))}, plaats ${item.place}.`;

/** Ids of the crises that came in (or rose to acute) since the last queue. The first queue only tells how many there are. */
export function crisisNews(frame) {
  crises = frame.items.filter((item) => isCrisis(item) && !talks.isMine(item.id));
  // new, risen to acute, or rung anew by the ladder because nobody came
  const weight = (item) => item.urgency + 10 * item.rings;
  const fresh = crises.filter((item) => !(known?.get(item.id) >= weight(item)));
  const first = known === null;
  known = new Map(crises.map((item) => [item.id, weight(item)]));
  if (fresh.length && first) shout(`${several(fresh.length, 'crisis wacht', 'crises wachten')}. ${described(fresh[0])}`);
  else if (fresh.length) {
    shout(`Nieuwe crisis in de wachtrij: ${fresh.map(described).join(' ')}`);
    chime();
    emit('crisis');
  }
  showTitle();
  showBadge();
  return first ? [] : fresh.map((item) => item.id);
}

export function countNews(count) {
  if (spokenCount === null) spokenCount = count; // the page was just opened: nothing changed
  clearTimeout(countTimer);
  countTimer = setTimeout(() => {
    if (count !== spokenCount) murmur(`Wachtrij: ${count}.`);
    spokenCount = count;
  }, SETTLE);
}

function showTitle() {
  const news = talks.mine().reduce((sum, talk) => sum + unread(talk), 0);
  if (crises.length) document.title = `(${crises.length}) crisis · ${title}`;
  else document.title = news ? `${several(news, 'nieuw bericht', 'nieuwe berichten')} · ${title}` : title;
}

/** Stands in the bar on every screen: on a phone, the queue may be out of sight. */
export function showBadge() {
  const badge = $('crisis');
  setHidden(badge, !crises.length);
  if (!crises.length) return badge.replaceChildren();
  if (!badge.firstChild) badge.append(shape(4), el('span'), el('span', { class: 'wide-only' }), el('span'));
  const longest = Math.min(...crises.map((item) => Date.parse(item.waiting_since)));
  const [count, verb, time] = badge.querySelectorAll('span');
  setText(count, several(crises.length, 'crisis', 'crises'));
  setText(verb, crises.length === 1 ? 'wacht' : 'wachten');
  setText(time, `· ${lasted(api.serverNow() - longest, true)}`);
}

function visitorLines({ talk, fresh, first }) {
  const lines = fresh.filter((line) => line.sender === 'visitor');
  if (first || talk.mode !== 'mine' || !lines.length) return;
  if (talk === talks.opened()) murmur(`Bezoeker ${talk.letter}: ${lines.map((line) => line.text).join(' ')}`);
  else murmur(`Nieuw bericht in gesprek ${talk.letter}.`);
}

export function start() {
  on('lines', visitorLines);
  on('talks', showTitle);
  on('rise', (talk) => {
    shout(`Gesprek ${talk.letter} is nu ${level(talk.card.urgency)}: ${kinds(talk.card.kinds)}.`);
    chime();
  });
  on('slipped', (talk) => shout(`Gesprek ${talk.letter}: ${talk.notice}`));
  on('vanished', (talk) => murmur(talk.notice));
  on('refused', ({ talk, line }) => murmur(`Gesprek ${talk.letter}: een bericht is niet verstuurd. ${line.why}`));
}
