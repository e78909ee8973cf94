/* A notification of the browser when somebody in danger waits and this page is out of sight. It carries no words and no theme. */

import { on } from './bus.js';
import { $, setHidden, setText } from './dom.js';
import { keepPreference, preference } from './memory.js';

const KNOWN = 'Notification' in window;

let wanted = preference('notifications', false);

const allowed = () => KNOWN && Notification.permission === 'granted';

function show() {
  setHidden($('notifications'), !KNOWN);
  const refused = KNOWN && Notification.permission === 'denied';
  setText($('notifications'), refused ? 'Meldingen geblokkeerd' : wanted && allowed() ? 'Meldingen aan' : 'Meldingen uit');
}

async function toggle() {
  wanted = !(wanted && allowed());
  if (wanted && !allowed()) await Notification.requestPermission();
  keepPreference('notifications', wanted);
  show();
}

function ring() {
  if (!wanted || !allowed() || !document.hidden) return;
  try {
    const note = new Notification(document.body.dataset.line, { body: 'Er wacht iemand op een mens.', tag: 'crisis', requireInteraction: true });
    note.onclick = () => { window.focus(); note.close(); };
  } catch {
    /* some phones show notifications only from a service worker: sound and page still ring, and so does the on-call channel */
  }
}

export function start() {
  $('notifications').addEventListener('click', toggle);
  on('crisis', ring);
  show();
}
