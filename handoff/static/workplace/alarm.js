/* The line above the work that says whether alarms can be trusted: a test alarm to receive, or none received in 24 hours. */

import * as api from './api.js';
import { on } from './bus.js';
import { $, setHidden, setText } from './dom.js';
import { moment } from './words.js';

const UNTESTED = 'In de laatste 24 uur is geen proefoproep ontvangen. Bezoekers horen nu niet dat er iemand geroepen wordt.';

let test = null;

function show(frame) {
  test = frame.test;
  setHidden($('alarm'), frame.tested && !test);
  setText($('alarm-text'), test ? `Proefoproep van ${moment(test.at)}. Heb je die gezien of gehoord?` : UNTESTED);
  setText($('alarm-do'), test ? 'Ontvangen' : 'Stuur proefoproep');
}

async function act() {
  const button = $('alarm-do');
  button.setAttribute('aria-disabled', 'true');
  try {
    await (test ? api.received(test.id) : api.testAlarm());
  } catch (error) {
    if (!(error instanceof api.Refused)) setText($('alarm-text'), 'Geen verbinding. Probeer het zo weer.');
  } finally {
    button.removeAttribute('aria-disabled');
  }
}

export function start() {
  $('alarm-do').addEventListener('click', act);
  on('news:queue', show);
}
