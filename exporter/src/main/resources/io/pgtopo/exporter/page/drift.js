// A drift: what is wrong, since when, the evidence, the consequence, what to do and what not.

import { h, sign, badge } from './dom.js';
import { bytes, words } from './format.js';
import { stamp, timed } from './time.js';
import { get } from './live.js';

const ORDER = ['critical', 'warning', 'unknown', 'info', 'suspended'];

let kinds = new Map();

/** The kinds with what to know about each; asked for once. */
export async function loadKinds() {
  if (kinds.size === 0) kinds = new Map((await get('/api/v1/kinds')).kinds.map(it => [it.kind, it]));
}

/** The state of a drift as its sign shows it. */
export function stateOf(drift) {
  if (drift.accepted) return 'suspended';
  return drift.about || drift.state === 'flapping' ? 'unknown' : drift.severity;
}

export function worstOf(drifts) {
  return ORDER.find(state => drifts.some(drift => stateOf(drift) === state)) ?? null;
}

export const rank = state => ORDER.indexOf(state);

/** The drifts in order: the worst first, each followed by those that it causes. */
export function inOrder(drifts) {
  const id = key => [key.kind, key.cls, key.ins, key.part].join('|');
  const all = new Map(drifts.map(drift => [id(drift), drift]));
  const caused = drift => drift.cause && all.has(id(drift.cause));
  const sorted = list => list.sort((a, b) => rank(stateOf(a)) - rank(stateOf(b)) || a.since.localeCompare(b.since));
  const out = [];
  const visit = (drift, depth) => {
    if (out.some(([known]) => known === drift)) return;
    out.push([drift, depth]);
    sorted(drifts.filter(it => it.cause && id(it.cause) === id(drift))).forEach(it => visit(it, depth + 1));
  };
  sorted(drifts.filter(drift => !caused(drift))).forEach(drift => visit(drift, 0));
  drifts.forEach(drift => visit(drift, 0));
  return out;
}

export const keyOf = drift => [drift.kind, drift.about, drift.ins, drift.part].join(' ');

function hintOf(drift) {
  if (drift.advice) return drift.advice;
  if (drift.about && !drift.evidence.some(it => it.includes('GRANT'))) return '';
  const whole = [drift.ins ?? drift.cls, drift.part].filter(Boolean).join(' ');
  return (kinds.get(drift.kind)?.hint ?? '').replaceAll('{subject}', whole).replaceAll('{declared}', drift.declared).replaceAll('{live}', drift.live);
}

function avoidOf(drift) {
  return drift.avoid.length > 0 ? drift.avoid : (drift.about ? [] : kinds.get(drift.kind)?.avoid ?? []);
}

/** With a full stop; a name stays as it is written. */
export function sentence(text) {
  if (text === '') return '';
  const first = /^[a-z]+,?(?= |$)/.test(text) ? text[0].toUpperCase() + text.slice(1) : text;
  return /[.!?]$/.test(first) ? first : `${first}.`;
}

const block = (name, content, kind = '', level = 'h4') => h('div', { class: `block ${kind}` }, h(level, null, name), content);
const items = (list, kind) => h('ul', { class: kind }, list.map(it => h('li', null, timed(sentence(it)))));

function doNot(list, level) {
  return block('Do not', h('ul', null, list.map(it => h('li', null, sentence(it)))), 'avoid', level);
}

function standing(drift, state) {
  if (drift.accepted) return drift.accepted.maintenanceOf ? 'suspended' : 'ignored';
  if (drift.state === 'flapping') return 'flapping';
  return state === 'unknown' ? 'unverifiable' : state;
}

/** One drift as a card. */
export function driftCard(drift, depth) {
  const state = stateOf(drift);
  const kind = kinds.get(drift.about ?? drift.kind);
  const hint = hintOf(drift);
  const avoid = avoidOf(drift);
  const subject = [drift.ins ?? drift.cls, drift.part].filter(Boolean).join(', ');
  const title = drift.about ? `could not verify ${words(drift.about)}` : words(drift.kind);
  return h('article', { class: `drift ${state}${depth > 0 ? ' caused' : ''}`, id: `drift-${keyOf(drift).replaceAll(' ', '-')}` },
    h('header', null,
      badge(state, standing(drift, state)),
      h('h3', null, h('span', { class: 'subject' }, `${subject}: `), title),
      h('span', { class: 'since' }, drift.state === 'pending' ? 'pending, ' : '', 'since ', stamp(drift.since))),
    kind && !drift.about && h('p', { class: 'summary' }, sentence(kind.summary)),
    drift.accepted && h('p', { class: 'accepted' }, `${drift.accepted.maintenanceOf ? `Maintenance of ${drift.accepted.maintenanceOf}` : 'Ignored'}`
      + ` by ${drift.accepted.owner}: ${drift.accepted.reason}. It does not count until `, stamp(drift.accepted.until, false), '.'),
    drift.remark && h('p', { class: 'accepted' }, timed(sentence(drift.remark))),
    depth > 0 && drift.cause && h('p', { class: 'accepted' }, `A consequence of ${words(drift.cause.kind)}${drift.cause.ins ? ` of ${drift.cause.ins}` : ''}.`),
    !drift.about && h('dl', { class: 'versus' }, h('div', null, h('dt', null, 'declared'), h('dd', null, timed(drift.declared))),
      h('div', null, h('dt', null, 'live'), h('dd', null, timed(drift.live)))),
    hint !== '' && drift.sides.length === 0 && block('Do', h('p', null, sentence(hint)), 'todo'),
    avoid.length > 0 && drift.sides.length === 0 && doNot(avoid),
    h('details', { open: drift.about !== null || depth === 0 && state === 'critical' && drift.sides.length === 0 }, h('summary', null, 'Evidence and consequence'),
      drift.evidence.length > 0 && block('Evidence', items(drift.evidence)),
      drift.consequences.length > 0 && block('Consequence', items(drift.consequences))),
    kind && h('details', null, h('summary', null, `All about ${words(kind.kind)}`),
      kind.topics.map(topic => block(topic.name, topic.paragraphs.length === 1 ? h('p', null, topic.paragraphs[0])
        : h('ul', null, topic.paragraphs.map(it => h('li', null, it)))))));
}

const RELATIONS = {
  zombie: 'older, wrote nothing since the other was promoted',
  diverged: 'older, and wrote past the promotion of the other',
  twin: 'on the same timeline as the other',
  undetermined: 'older; what it has alone is unknown',
};
const REASONS = {
  clients: 'it alone has client sessions',
  last_commit: 'it has the newest commit',
  standbys: 'it has the most standbys',
  nothing_lost: 'it has all that the others wrote',
};

/** What is given up with a side that is not kept. */
const givenUp = ({ name, bytesAlone }) => h('span', { class: 'given-up' }, bytesAlone === 0 ? `Nothing is lost with ${name}: it wrote nothing that the others have not.`
  : bytesAlone === null ? `What only ${name} has is not known; it stays in the copy of its data directory only.`
    : `The ${bytes(bytesAlone)} of WAL that only ${name} has stays in the copy of its data directory only.`);

/** Several primaries side by side: which to keep, why, and what must not be done. */
export function splitPanel(drift) {
  const { sides } = drift;
  const kept = sides.find(side => side.favoured);
  const row = (name, cell, reason) => h('tr', null, h('th', { scope: 'row' }, name),
    sides.map(side => h('td', { class: reason && side.reasons.includes(reason) ? 'decides' : null },
      cell(side), reason && side.reasons.includes(reason) && h('span', { class: 'tick' }, ' ✓'))));
  const known = (value, shown) => value === null ? h('span', { class: 'vague' }, 'unknown') : shown;
  return h('section', { class: 'split', 'aria-labelledby': 'split-title' },
    h('h2', { id: 'split-title' }, sign('critical', 22), ` ${sides.length === 2 ? 'Two' : sides.length} servers of ${drift.cls} accept writes`),
    h('p', { class: 'lead' }, 'Split brain since ', stamp(drift.since), '. What is written to one of them is missing on the other.'),
    h('p', { class: `verdict ${kept ? 'decided' : 'open'}` }, kept
      ? [h('strong', null, `Keep ${kept.name}.`), ` All evidence is in favour of it: ${kept.reasons.map(it => REASONS[it] ?? it).join(', ')}. Verify that your applications write there.`, sides.filter(side => side !== kept).map(givenUp)]
      : drift.sides.length === 0 ? '' : [h('strong', null, 'The evidence does not decide which one to keep.'), ' Find out which one your applications write to: the VIP, HAProxy, the pooler.']),
    h('div', { class: 'facing' }, h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'The primaries compared' }, h('table', { class: 'sides' },
      h('thead', null, h('tr', null, h('td', null), sides.map(side => h('th', { scope: 'col', class: side.favoured ? 'kept' : null },
        side.name, h('span', { class: 'sub' }, side.favoured ? 'keep' : kept ? 'stop, after its data directory is copied' : 'primary'))))),
      h('tbody', null,
        row('Client sessions', side => known(side.clients, side.clients), 'clients'),
        row('Last commit', side => known(side.lastCommit, side.lastCommit && stamp(side.lastCommit)), 'last_commit'),
        row('Standbys', side => side.standbys.length === 0 ? 'none' : side.standbys.join(', '), 'standbys'),
        row('WAL that only it has', side => known(side.bytesAlone, side.bytesAlone === 0 ? 'none' : bytes(side.bytesAlone)), 'nothing_lost'),
        row('Timeline', side => side.timeline),
        row('Position', side => known(side.written, side.written)),
        row('Promoted at', side => side.promotedAt ?? 'not since its start'),
        row('Relation', side => side.relation === null ? 'the newest' : RELATIONS[side.relation] ?? words(side.relation))))),
    h('div', { class: 'columns' },
      block('Do, in this order', h('ol', null, drift.steps.map(it => h('li', null, sentence(it)))), 'todo', 'h3'),
      doNot(drift.avoid, 'h3'))));
}
