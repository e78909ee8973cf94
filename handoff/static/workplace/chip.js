/* Urgency as shape, word and colour together. */

import { setText, shape } from './dom.js';
import { level } from './words.js';

/** Fill `node` with the chip of a level; null empties it. */
export function chip(node, urgency) {
  if (urgency === null || urgency === undefined) return node.replaceChildren();
  if (node.dataset.level === String(urgency) && node.firstChild) return node;
  node.classList.add('chip');
  node.dataset.level = urgency;
  const word = document.createElement('span');
  setText(word, level(urgency));
  node.replaceChildren(shape(urgency), word);
  return node;
}
