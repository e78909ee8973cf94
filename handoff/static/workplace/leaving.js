/* Giving a talk back and closing it: asked once, and only done when the service has done it. */

import * as api from './api.js';
import { emit } from './bus.js';
import { murmur } from './alerts.js';
import { confirm } from './dialogs.js';
import { $, setText } from './dom.js';
import * as memory from './memory.js';
import * as outbox from './outbox.js';
import * as talks from './talks.js';
import { isCrisis, level } from './words.js';

const WAYS = {
  back: {
    command: api.giveBack, title: 'teruggeven?', yes: 'Teruggeven', done: 'is terug in de wachtrij.',
    text: 'De bezoeker komt weer in de wachtrij. Een collega kan het gesprek dan nemen.',
  },
  answered: {
    command: api.answered, title: 'beantwoord?', yes: 'Beantwoord', done: 'is beantwoord.',
    text: 'De bezoeker leest je antwoord met een code. Schrijft de bezoeker terug, dan zie je dat in de wachtrij.',
  },
  close: {
    command: api.close, title: 'afsluiten?', yes: 'Afsluiten', done: 'is afgesloten.',
    text: 'Het gesprek stopt. Schrijft de bezoeker daarna, dan begint het opnieuw bij de chatbot.',
  },
};

function loss(talk) {
  const crisis = talk.card && isCrisis(talk.card) ? `Dit gesprek staat op ${level(talk.card.urgency)}. ` : '';
  const words = memory.draft(talk.id).trim() || outbox.unsentCount(talk.id) ? 'Je hebt tekst die niet verstuurd is; die vervalt.' : '';
  return crisis + words;
}

async function leave(way) {
  const talk = talks.opened();
  if (talk?.mode !== 'mine') return;
  const sure = await confirm({ title: `Gesprek ${talk.letter} ${way.title}`, text: way.text, loss: loss(talk), yes: way.yes });
  if (sure && talk.mode === 'mine') await carryOut(way, talk);
}

async function carryOut(way, talk) {
  try {
    await way.command(talk.id, talk.lease);
  } catch (error) {
    return failed(talk, error);
  }
  const { letter } = talk;
  talks.drop(talk.id);
  tell(`Gesprek ${letter} ${way.done}`);
}

function failed(talk, error) {
  if (error.code === 'lease_lost') return emit('lease-lost', { talk, message: error.message });
  talk.notice = error instanceof api.Refused ? error.message : 'Geen verbinding. Er is niets veranderd; probeer het zo weer.';
  murmur(talk.notice);
  emit('talk', talk);
}

/** Told next to the queue (a live region), where the helper goes on. */
function tell(text) {
  setText($('queue-note'), text);
  $('queue-title').focus();
}

export function start() {
  $('give-back').addEventListener('click', () => leave(WAYS.back));
  $('answered').addEventListener('click', () => leave(WAYS.answered));
  $('close').addEventListener('click', () => leave(WAYS.close));
}
