/* Lowering the urgency of one's own talk, with a reason. Only a person can; what is said here is kept for review. */

import * as api from './api.js';
import { on } from './bus.js';
import { $, el, setHidden, setText } from './dom.js';
import * as talks from './talks.js';
import { capital, level } from './words.js';

let talk = null;

const lower = (now) => Array.from({ length: now }, (_, index) => index).reverse();

function ask() {
  talk = talks.opened();
  if (!talk?.card) return;
  const options = lower(talk.card.urgency).map((value) => el('option', { value, text: capital(level(value)) }));
  $('lower-level').replaceChildren(...options);
  $('lower-reason').value = '';
  setText($('lower-trouble'), '');
  $('lower-dialog').showModal();
}

async function send(event) {
  event.preventDefault();
  const reason = $('lower-reason').value.trim();
  if (!reason) return setText($('lower-trouble'), 'Schrijf kort waarom. Wie dit later naleest, moet het kunnen begrijpen.');
  try {
    await api.lower(talk.id, { lease: talk.card.lease, level: Number($('lower-level').value), reason });
    $('lower-dialog').close();
  } catch (error) {
    setText($('lower-trouble'), error instanceof api.Refused ? error.message : 'Geen verbinding. Probeer het zo weer.');
  }
}

function render() {
  const now = talks.opened();
  const may = document.body.dataset.role !== 'trainee' && now?.mode === 'mine' && now.card?.urgency > 0;
  setHidden($('lower'), !may);
}

export function start() {
  $('lower').addEventListener('click', ask);
  $('lower-form').addEventListener('submit', send);
  $('lower-no').addEventListener('click', () => $('lower-dialog').close());
  for (const name of ['open', 'talk', 'talks']) on(name, render);
}
