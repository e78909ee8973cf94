/* The two dialogs: asking once before a talk leaves my hands, and the map of keys. */

import { $, setText } from './dom.js';
import { keepPreference, preference } from './memory.js';

/** Ask; true when the helper confirms. Escape, the other button and a second call mean no. */
export function confirm({ title, text, loss, yes }) {
  const dialog = $('confirm');
  setText($('confirm-title'), title);
  setText($('confirm-text'), text);
  setText($('confirm-loss'), loss);
  setText($('confirm-yes'), yes);
  dialog.returnValue = '';
  dialog.showModal();
  $('confirm-no').focus(); // the safe answer, so that a stray Enter does no harm
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true });
  });
}

export const isOpen = () => Boolean(document.querySelector('dialog[open]'));

export const showMap = () => $('map').showModal();

export const keysOn = () => $('keys-on').checked;

export function start() {
  $('confirm-yes').addEventListener('click', () => $('confirm').close('yes'));
  $('confirm-no').addEventListener('click', () => $('confirm').close());
  $('map-close').addEventListener('click', () => $('map').close());
  $('help').addEventListener('click', showMap);
  $('keys-on').checked = preference('keys', true);
  $('keys-on').addEventListener('change', () => keepPreference('keys', keysOn()));
}
