/* One short, soft sound for a crisis. Browsers allow sound only after a gesture, so the button says where it stands. */

import { $, setText } from './dom.js';
import { keepPreference, preference } from './memory.js';

const NOTES = [523.25, 659.25]; // a rising third: noticed, not startling
const LOUDNESS = 0.09;

let context = null;
let on = preference('sound', true);

const ready = () => context?.state === 'running';

function show() {
  setText($('sound'), !on ? 'Geluid uit' : ready() ? 'Geluid aan' : 'Geluid: klik eerst');
}

/** Asking before a gesture would leave a warning in the console and a silent context. */
async function unlock() {
  if (ready() || !navigator.userActivation?.hasBeenActive) return;
  context ??= new AudioContext();
  context.onstatechange = show;
  await context.resume().catch(() => {});
  show();
}

function note(frequency, start) {
  const tone = context.createOscillator();
  const gain = context.createGain();
  tone.frequency.value = frequency;
  gain.gain.setValueAtTime(0, start);
  gain.gain.linearRampToValueAtTime(LOUDNESS, start + 0.04);
  gain.gain.exponentialRampToValueAtTime(0.0001, start + 0.6);
  tone.connect(gain).connect(context.destination);
  tone.start(start);
  tone.stop(start + 0.65);
}

export function chime() {
  if (!on || !ready()) return;
  NOTES.forEach((frequency, index) => note(frequency, context.currentTime + index * 0.22));
}

/** The first click on a button that says "klik eerst" unlocks; it must not also switch the sound off. */
async function toggle() {
  const wasReady = ready();
  await unlock();
  if (wasReady || !on) on = !on;
  keepPreference('sound', on);
  show();
  chime(); // so that one knows what to listen for
}

export function start() {
  $('sound').addEventListener('click', toggle);
  addEventListener('pointerup', (event) => { if (!event.target.closest?.('#sound')) unlock(); });
  addEventListener('keydown', (event) => { if (!event.target.closest?.('#sound')) unlock(); });
  show();
}
