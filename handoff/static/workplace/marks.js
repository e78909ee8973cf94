/* The signals within a visitor's message. Pure, apart from making the nodes. */

import { el } from './dom.js';
import { level, rule } from './words.js';

/**
 * Cut a text where marks begin and end; marks may overlap. The service counts characters (code points), JavaScript counts
 * halves of them: with an emoji before it, a mark would otherwise shift.
 */
export function segments(text, marks) {
  const points = Array.from(text);
  const spans = marks.filter((mark) => mark.end > mark.start && mark.start < points.length);
  const cuts = [...new Set([0, points.length, ...spans.flatMap((mark) => [mark.start, Math.min(mark.end, points.length)])])].sort((a, b) => a - b);
  return cuts.slice(0, -1).map((from, index) => ({
    text: points.slice(from, cuts[index + 1]).join(''),
    marks: spans.filter((mark) => mark.start <= from && mark.end >= cuts[index + 1]),
  }));
}

const highest = (marks) => Math.max(...marks.map((mark) => mark.level));

function markNode({ text, marks }) {
  const why = marks.map(rule).join('; ');
  return el('mark', { 'data-level': highest(marks), title: why, 'aria-description': why, text });
}

export const marked = (text, marks) =>
  segments(text, marks).map((part) => (part.marks.length ? markNode(part) : document.createTextNode(part.text)));

const quoted = (text, mark) => (mark.end > mark.start ? `“${Array.from(text).slice(mark.start, mark.end).join('')}”` : 'hele bericht');

/** Why, in words, for those who cannot hover over a mark. */
export function reasons(text, marks) {
  if (!marks.length) return null;
  const items = [...marks].sort((a, b) => b.level - a.level).map((mark) => el('li', { text: `${quoted(text, mark)}: ${rule(mark)}` }));
  return el('details', { class: 'reasons' }, el('summary', { text: `Waarom ${level(highest(marks))}` }), el('ul', {}, ...items));
}
