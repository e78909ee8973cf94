/* The letter and colour band of a running conversation: kept for as long as it is mine, also across a reload,
   because a helper learns "B is the mother" and must not find another person under B. */

import * as memory from './memory.js';

const BANDS = 6; // colours in the style sheet; the letter goes on after that

const given = memory.letters();

export function letterOf(id) {
  if (given[id] === undefined) {
    const taken = new Set(Object.values(given));
    let index = 0;
    while (taken.has(index)) index += 1;
    given[id] = index;
    memory.keepLetters(given);
  }
  return String.fromCharCode(65 + (given[id] % 26));
}

export const bandOf = (letter) => (letter.charCodeAt(0) - 65) % BANDS;

export function freeLetter(id) {
  delete given[id];
  memory.keepLetters(given);
}

/** Conversations that carry a letter, also those of before a reload. */
export const lettered = () => Object.keys(given);
