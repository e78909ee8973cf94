/* The list of those who wait. Rows keep their nodes while the queue changes, so that focus and reading go on undisturbed. */

import * as api from './api.js';
import { countNews, crisisNews } from './alerts.js';
import { on } from './bus.js';
import * as claims from './claims.js';
import { $, reconcile, setHidden, setText } from './dom.js';
import { makeRow, tickRow, updateRow } from './queue_row.js';
import * as talks from './talks.js';
import { isCrisis } from './words.js';

const SETTLE = 350; // rows that just moved under the pointer take no click: it was meant for another row
const NEW_FOR = 60_000; // how long a crisis that came in carries the word "nieuw"

const list = () => $('queue');
const arrived = new Map(); // id -> when it came in as a crisis
let items = [];
let selected = null;
let settling = 0;

const trainee = () => document.body.dataset.role === 'trainee'; // a trainee is never given a crisis

const takeable = (item) => !(trainee() && isCrisis(item));

const shown = () => items.filter((item) => !talks.isMine(item.id));

/** News that somebody has it may come before the service's no: the row waits for that, and its note. */
const awaited = (id) => claims.noteOf(id) || claims.isAsking(id);

/** Rows whose conversation left stay for as long as their note is to be read, at the place where they were. */
function withDeparted(fresh) {
  const ids = new Set(fresh.map((item) => item.id));
  const result = [...fresh];
  items.forEach((item, index) => {
    if (!ids.has(item.id) && awaited(item.id)) result.splice(Math.min(index, result.length), 0, { ...item, departed: true });
  });
  return result;
}

function take(frame) {
  api.noteClock(frame.now);
  const known = new Set(crisisNews(frame));
  for (const id of known) arrived.set(id, Date.now());
  items = withDeparted(frame.items);
  render(known);
  countNews(frame.waiting);
  setText($('queue-count'), String(frame.waiting));
  setText($('people'), `${frame.people} aanwezig`);
  talks.queueSeen(new Set(frame.items.map((item) => item.id)));
}

const order = () => [...list().children].map((row) => row.dataset.id).join();

function render(moving = new Set()) {
  items = items.filter((item) => !(item.departed && !awaited(item.id)));
  const rows = shown();
  const stranded = keepSelection(rows);
  const before = order();
  reconcile(list(), rows, makeRow, (row, item) => updateRow(row, item, view(item)));
  if (before && before !== order()) settle();
  for (const row of list().children) if (moving.has(row.dataset.id)) moveOnce(row);
  setHidden($('queue-empty'), rows.length > 0);
  setText($('queue-empty'), 'Niemand wacht.');
  setHidden($('take-next'), !nextItem());
  if (stranded) focusRow(selected) || $('queue-title').focus();
}

function view(item) {
  const note = claims.noteOf(item.id);
  return {
    selected: item.id === selected,
    open: talks.opened()?.id === item.id,
    asking: claims.isAsking(item.id),
    note: note?.text ?? '',
    takeable: takeable(item) && !note?.leaves && !item.departed,
    recent: isCrisis(item) && Date.now() - (arrived.get(item.id) ?? 0) < NEW_FOR,
  };
}

/** One row is the way in for the Tab key. True when the row that had the focus is gone, and its neighbour is chosen. */
function keepSelection(rows) {
  const had = list().contains(document.activeElement) ? document.activeElement.closest('li').dataset.id : null;
  const still = rows.some((item) => item.id === selected);
  if (!still) {
    const place = [...list().children].findIndex((row) => row.dataset.id === selected);
    selected = rows[Math.min(Math.max(place, 0), rows.length - 1)]?.id ?? null;
  }
  return had !== null && !rows.some((item) => item.id === had);
}

function settle() {
  list().dataset.settling = '';
  clearTimeout(settling);
  settling = setTimeout(() => delete list().dataset.settling, SETTLE);
}

function moveOnce(row) {
  row.classList.add('arrives');
  row.addEventListener('animationend', () => row.classList.remove('arrives'), { once: true });
}

function focusRow(id) {
  const button = [...list().children].find((row) => row.dataset.id === id)?.querySelector('.row-open');
  button?.focus();
  button?.scrollIntoView({ block: 'nearest' });
  return Boolean(button);
}

function select(id) {
  if (!id || selected === id) return;
  selected = id;
  render();
}

/** Go `by` rows; from outside the list, go to the row that is already chosen. */
export function step(by) {
  const rows = shown();
  const place = rows.findIndex((item) => item.id === selected);
  const inside = list().contains(document.activeElement);
  const next = rows[inside ? Math.min(Math.max(place + by, 0), rows.length - 1) : Math.max(place, 0)];
  if (!next) return;
  select(next.id);
  focusRow(next.id);
}

const nextItem = () => shown().find((item) => takeable(item) && !item.departed && !claims.noteOf(item.id)?.leaves);

export function takeNext() {
  const next = nextItem();
  if (!next) return setText($('queue-note'), 'Er is nu niemand die je kunt nemen.');
  setText($('queue-note'), '');
  claims.claim(next.id);
}

/** Take the row in focus, else the conversation that is being read, else the chosen row. */
export function takeChosen() {
  const read = talks.opened();
  const inside = list().contains(document.activeElement);
  const id = !inside && read?.mode === 'preview' ? read.id : selected;
  const item = items.find((one) => one.id === id);
  if (item && takeable(item)) claims.claim(id);
}

export const canTake = (id) => items.some((item) => item.id === id && takeable(item));

export function tick() {
  const now = api.serverNow();
  for (const item of shown()) {
    const row = [...list().children].find((node) => node.dataset.id === item.id);
    if (row) tickRow(row, item, now, view(item).recent);
  }
}

function clicked(event) {
  const id = event.target.closest('li')?.dataset.id;
  const button = event.target.closest('button');
  if (!id || !button) return;
  select(id);
  if (button.matches('.row-take')) claims.claim(id);
  else if (button.matches('.row-seen')) claims.seen(id);
  else talks.open(id);
}

function arrows(event) {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!by) return;
  event.preventDefault();
  step(by);
}

export function start() {
  list().addEventListener('click', clicked);
  list().addEventListener('keydown', arrows);
  list().addEventListener('focusin', (event) => select(event.target.closest('li')?.dataset.id));
  $('take-next').addEventListener('click', takeNext);
  $('crisis').addEventListener('click', () => {
    document.body.dataset.pane = 'list';
    const first = shown().find(isCrisis);
    if (first) select(first.id);
    if (first) focusRow(first.id);
  });
  on('open', (talk) => { if (talk) setText($('queue-note'), ''); });
  for (const name of ['claims', 'talks', 'open']) on(name, () => render());
  on('news:queue', take);
}
