/* How one message of a transcript looks. */

import { chip } from './chip.js';
import { el } from './dom.js';
import { marked, reasons } from './marks.js';
import * as words from './words.js';

const WHO = { visitor: 'Bezoeker', bot: 'Chatbot', system: 'Systeem' };

/** The wire names a helper by first name; mine are known by that name too. */
export const isOwn = (line) => line.mine;

function who(line) {
  if (line.sender !== 'helper') return WHO[line.sender];
  return isOwn(line) ? 'Jij' : words.joined('Collega', line.author);
}

function meta(line) {
  const urgent = line.sender === 'visitor' && line.urgency >= words.CRISIS;
  return el('p', { class: 'meta' },
    el('span', { class: 'who', text: who(line) }),
    el('time', { datetime: line.at, text: words.moment(line.at) }),
    urgent ? chip(el('span'), line.urgency) : null,
    isOwn(line) ? el('span', { class: 'state', text: 'verstuurd' }) : null);
}

const text = (line) => el('p', { class: 'text', dir: 'auto' }, ...(line.marks.length ? marked(line.text, line.marks) : [line.text]));

/** An emergency text is long, known to the helper and shown often: one line is enough until it is asked for. */
const folded = (line) => el('details', { class: 'folded' }, el('summary', { text: 'Noodtekst getoond' }), text(line));

function referral(entry) {
  const reach = [...entry.phone, ...entry.site].join(', ');
  return el('li', {}, el('strong', { text: entry.name }), el('span', { text: ` · ${words.joined(entry.why || entry.what, reach, entry.hours)}` }));
}

function extras(line) {
  return [
    line.referrals.length ? el('ul', { class: 'referrals' }, ...line.referrals.map(referral)) : null,
    line.choices.length ? el('p', { class: 'choices', text: `Keuzes: ${line.choices.map((choice) => choice.label).join(' · ')}` }) : null,
    reasons(line.text, line.marks),
  ];
}

export function lineNode(line) {
  const own = isOwn(line);
  return el('li', { class: 'line', 'data-seq': line.seq, 'data-sender': own ? 'own' : line.sender, 'data-kind': line.kind },
    meta(line), line.kind === 'emergency' ? folded(line) : text(line), ...extras(line));
}

/** A line of mine that the transcript does not show yet. */
export function echoNode() {
  return el('li', { class: 'line echo', 'data-sender': 'own' },
    el('p', { class: 'meta' }, el('span', { class: 'who', text: 'Jij' }), el('span', { class: 'state' })),
    el('p', { class: 'text' }),
    el('button', { type: 'button', class: 'take-back', text: 'Zet terug in het tekstvak', hidden: true }));
}

const STATES = { sending: 'wordt verstuurd', sent: 'verstuurd', refused: 'niet verstuurd' };

export function updateEcho(node, line) {
  node.dataset.state = line.state;
  node.querySelector('.state').textContent = words.joined(STATES[line.state], line.why);
  node.querySelector('.text').textContent = line.text;
  node.querySelector('.take-back').hidden = line.state !== 'refused';
}

export const divider = () => el('li', { class: 'divider', text: 'Nieuw' });
