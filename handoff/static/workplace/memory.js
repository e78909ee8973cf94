/* What this tab keeps across a reload: drafts, unsent lines, letters, what was read. Emptied at logging out.
   sessionStorage and not localStorage: words about a visitor must not outlive the tab. Preferences may. */

const PREFIX = 'nachtlicht-werk:';

function read(storage, key, fallback) {
  try {
    return JSON.parse(storage.getItem(PREFIX + key)) ?? fallback;
  } catch {
    return fallback; // storage is off or was changed by hand: the page works without it
  }
}

function write(storage, key, value) {
  try {
    if (value === null || value === '') storage.removeItem(PREFIX + key);
    else storage.setItem(PREFIX + key, JSON.stringify(value));
  } catch {
    /* full or forbidden: nothing is lost while the tab stays open */
  }
}

const drafts = new Map(); // the truth while the page is open; storage is its copy

export const draft = (id) => drafts.get(id) ?? read(sessionStorage, `draft:${id}`, '');

export function keepDraft(id, text) {
  drafts.set(id, text);
  write(sessionStorage, `draft:${id}`, text);
}

export const unsent = (id) => read(sessionStorage, `unsent:${id}`, []);
export const keepUnsent = (id, lines) => write(sessionStorage, `unsent:${id}`, lines.length ? lines : null);

export const letters = () => read(sessionStorage, 'letters', {});
export const keepLetters = (map) => write(sessionStorage, 'letters', map);

export const readUpTo = (id) => read(sessionStorage, `read:${id}`, null);
export const keepReadUpTo = (id, seq) => write(sessionStorage, `read:${id}`, seq);

export const opened = () => read(sessionStorage, 'open', null);
export const keepOpened = (id) => write(sessionStorage, 'open', id);

export const preference = (key, fallback) => read(localStorage, key, fallback);
export const keepPreference = (key, value) => write(localStorage, key, value);

/** Forget a conversation's words; its letter is freed elsewhere. */
export function forget(id) {
  drafts.delete(id);
  for (const kind of ['draft', 'unsent', 'read']) write(sessionStorage, `${kind}:${id}`, null);
}

export function forgetAll() {
  drafts.clear();
  try {
    Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX)).forEach((key) => sessionStorage.removeItem(key));
  } catch {
    /* storage is off: there is nothing to forget */
  }
}

/** Somebody else logged in on this tab: the words of the one before are not theirs to read. */
function belongTo(name) {
  if (read(sessionStorage, 'me', name) !== name) forgetAll();
  write(sessionStorage, 'me', name);
}

belongTo(document.body.dataset.me); // here and not in `main`: other modules read the memory when they load
