/* One row of the queue: its nodes, and what changes on them. */

import * as api from './api.js';
import { chip } from './chip.js';
import { el, setHidden, setText } from './dom.js';
import * as words from './words.js';

/** One button opens the conversation, the other takes it: the row itself is not clickable, so that both are reachable by key. */
export function makeRow(item) {
  const wait = `wait-${item.id}`;
  return el('li', { class: 'row' },
    el('button', { class: 'row-open', type: 'button', 'aria-describedby': wait },
      el('span', { class: 'place' }),
      el('span', { class: 'row-top' },
        el('span', { class: 'row-chip' }),
        el('span', { class: 'tag new', text: 'nieuw', hidden: true }),
        el('span', { class: 'row-subject' })),
      el('span', { class: 'row-why' })),
    el('div', { class: 'row-side' },
      el('span', { class: 'wait', id: wait }),
      el('button', { class: 'row-take', type: 'button', text: 'Neem' }),
      el('button', { class: 'row-seen quiet', type: 'button', text: 'Gezien', hidden: true })),
    el('p', { class: 'note' }));
}

/** What decides comes first: the kind of crisis, else the theme. */
const subject = (item) => words.kinds(item.kinds) || words.theme(item.theme) || 'thema nog onbekend';

/** Of a left message: until when its answer is promised. */
const promise = (item) => item.answer_by && (words.isPast(item.answer_by) ? 'antwoord is te laat' : `antwoord vóór ${words.moment(item.answer_by)}`);

/** Most write for themselves: only the exceptions are named. */
function why(item) {
  const whom = item.perspective === 'zelf' ? '' : words.perspective(item.perspective);
  return words.joined(item.kinds.length > 0 && words.theme(item.theme), whom, promise(item), item.mine_before && 'eerder van jou', item.seen && 'alarm gezien', item.why);
}

function updateTake(button, item, view) {
  const word = view.asking ? 'Even…' : 'Neem';
  if (!view.takeable && document.activeElement === button) button.closest('li').querySelector('.row-open').focus(); // hiding would lose the focus
  setHidden(button, !view.takeable);
  setText(button, word);
  button.setAttribute('aria-label', `${word} nummer ${item.place}, ${words.level(item.urgency)}`);
  button.tabIndex = view.selected ? 0 : -1;
}

/** For whoever needs a moment before taking a crisis: the alarm waits, and the visitor hears that a person has seen it. */
function updateSeen(button, item, view) {
  setHidden(button, !words.isCrisis(item) || !view.takeable);
  setText(button, item.seen ? 'Is gezien' : 'Gezien');
  button.disabled = item.seen;
  button.setAttribute('aria-label', `${item.seen ? 'Alarm is gezien' : 'Alarm gezien'}, nummer ${item.place}`);
  button.tabIndex = view.selected ? 0 : -1;
}

function updateOpen(button, view) {
  button.tabIndex = view.selected ? 0 : -1;
  if (view.open) button.setAttribute('aria-current', 'true');
  else button.removeAttribute('aria-current');
}

export function updateRow(row, item, view) {
  const part = (name) => row.querySelector(name);
  row.dataset.level = item.urgency;
  row.toggleAttribute('data-late', Boolean(item.answer_by) && words.isPast(item.answer_by));
  row.toggleAttribute('data-open', view.open);
  row.toggleAttribute('data-departed', Boolean(item.departed));
  setText(part('.place'), String(item.place));
  chip(part('.row-chip'), item.urgency);
  setText(part('.row-subject'), subject(item));
  part('.row-subject').title = words.kindMeaning(item.kinds);
  setText(part('.row-why'), why(item));
  updateOpen(part('.row-open'), view);
  updateTake(part('.row-take'), item, view);
  updateSeen(part('.row-seen'), item, view);
  setText(part('.note'), view.note);
  tickRow(row, item, api.serverNow(), view.recent);
}

export function tickRow(row, item, now, recent) {
  setText(row.querySelector('.wait'), words.lasted(now - Date.parse(item.waiting_since), words.isCrisis(item)));
  setHidden(row.querySelector('.new'), !recent);
}
