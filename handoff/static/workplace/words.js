/* Dutch words for the keys that the service sends, and times as a counsellor reads them. */

import { serverNow } from './clock.js';
import { $ } from './dom.js';

export const CRISIS = 3; // from this level on a person is called at once; the server's rule, shown here

const LEVELS = ['geen', 'laag', 'matig', 'hoog', 'acuut'];
const STATES = { bot: 'bij de chatbot', waiting: 'wacht', human: 'in gesprek', left_message: 'bericht achtergelaten', closed: 'afgesloten' };
const PERSPECTIVES = { zelf: 'voor zichzelf', naaste: 'over een naaste', professional: 'beroepsmatig' };
const SOURCES = { screen: 'regel', model: 'model', rasa: 'model van de bot' };
const DIACRITICS = { suicidaliteit: 'suïcidaliteit', suicide: 'suïcide', suicidale: 'suïcidale', suicideplan: 'suïcideplan' };

const REFUSALS = {
  already_claimed: 'Een collega was je voor.',
  lease_lost: 'Dit gesprek is niet meer van jou.',
  not_found: 'Dit gesprek is nu niet van jou.',
  illegal_transition: 'Dat kan nu niet meer: het gesprek is intussen veranderd.',
  not_answered: 'Schrijf eerst een antwoord; de bezoeker leest het later.',
  empty: 'Er stond nog niets in je bericht.',
  too_long: 'Dit is te lang om in één keer te versturen.',
  too_fast: 'Dat ging te snel. Ik probeer het zo weer.',
};

const NO_THEME = { geen: 'Geen hulpvraag' }; // beside an urgency of the same name, the bare key would puzzle

const labels = readLabels();

function readLabels() {
  try {
    return JSON.parse($('labels')?.textContent || '{}');
  } catch {
    return {}; // the keys themselves are readable enough
  }
}

const pretty = (key) => key.split('_').map((word) => DIACRITICS[word] ?? word).join(' ');

export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

export const level = (urgency) => LEVELS[urgency] ?? LEVELS[0];

/** Why the service said no, by the code of its answer. */
export const refusal = (code) => REFUSALS[code] ?? 'Dat lukte niet. Probeer het zo weer.';

export const isCrisis = (thing) => thing.urgency >= CRISIS;

/** Short words for a list; the full label is the tooltip (`kindMeaning`). */
export const kinds = (keys) => keys.map(pretty).join(', ');

export const kindMeaning = (keys) => keys.map((key) => labels.kinds?.[key] ?? pretty(key)).join('; ');

export const theme = (key) => (key ? labels.themes?.[key] ?? NO_THEME[key] ?? capital(pretty(key)) : '');

export const sub = (key) => (key ? labels.subs?.[key] ?? capital(pretty(key)) : '');

export const perspective = (key) => (key ? PERSPECTIVES[key] ?? pretty(key) : '');

export const state = (key) => STATES[key] ?? pretty(key);

export const rule = (mark) => `${level(mark.level)}, ${SOURCES[mark.source] ?? mark.source} ${mark.rule.replaceAll('_', ' ')}`;

export const joined = (...parts) => parts.filter(Boolean).join(' · ');

export const several = (count, one, many) => `${count} ${count === 1 ? one : many}`;

const timeZone = document.body.dataset.zone || undefined; // the line's own, wherever the laptop stands
const hour = new Intl.DateTimeFormat('nl-NL', { timeZone, hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat('nl-NL', { timeZone, dateStyle: 'short' });
const dayAndHour = new Intl.DateTimeFormat('nl-NL', { timeZone, weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });

/** The hour, with the day where that is not today. */
export function moment(iso) {
  const at = new Date(iso);
  return (day.format(at) === day.format(serverNow()) ? hour : dayAndHour).format(at);
}

/** By the service's clock. */
export const isPast = (iso) => Date.parse(iso) <= serverNow();

/** How long ago in few characters; `exact` ticks by the second, for a crisis. */
export function lasted(milliseconds, exact = false) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const minutes = Math.floor(seconds / 60);
  if (minutes >= 24 * 60) return several(Math.floor(minutes / 1440), 'dag', 'dagen');
  if (minutes >= 60) return `${Math.floor(minutes / 60)} u ${String(minutes % 60).padStart(2, '0')}`;
  if (exact) return `${minutes}:${String(seconds % 60).padStart(2, '0')}`;
  return minutes ? `${minutes} min` : '< 1 min';
}
