// Logical slots and subscriptions: what is sent, to whom, and what has no other end.

import { h } from './dom.js';
import { bytes, count } from './format.js';
import { clusterOf } from './fleet.js';

/** A label lists no more names than these; the table lists all. */
const MOST = 4;

const isEachSubscribed = links => links.every(it => it.subscription);

/** How many subscriptions or slots, if there are several. */
export const countOf = links => count(links.length, isEachSubscribed(links) ? 'subscription' : 'slot');

/** What goes through an edge, by name. */
export function whatOf(links) {
  const names = links.map(it => isEachSubscribed(links) ? it.subscription : it.slot ?? '?');
  if (names.length === 1) return `${isEachSubscribed(links) ? 'subscription' : 'slot'} ${names[0]}`;
  const shown = names.length <= MOST ? names : [...names.slice(0, MOST - 1), `and ${names.length - MOST + 1} more`];
  return `${countOf(links)} (${shown.join(', ')})`;
}

/** The largest lag of several links; unknown if that of any is. */
export const lagOf = links => links.some(it => it.lagBytes === null) ? 'lag unknown' : `lag ${links.length > 1 ? 'up to ' : ''}${bytes(Math.max(...links.map(it => it.lagBytes)))}`;

const link = name => {
  const cluster = clusterOf(name);
  return cluster ? h('a', { href: `#/cluster/${encodeURIComponent(cluster)}/${encodeURIComponent(name)}` }, name) : name;
};

/** Whether changes are applied, as far as either end reports it. */
function stateOf(it) {
  if (it.enabled === false) return 'disabled';
  if (it.applying === false) return 'no apply worker';
  if (it.active === false) return 'slot not in use';
  return it.grade === 'both_ends' ? 'both ends' : 'one end';
}

export function logicalTable(links) {
  const columns = ['Publisher', 'Slot', 'Database', 'Receiver', 'Subscription', 'Lag', 'State'];
  return h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Logical replication' }, h('table', null,
    h('thead', null, h('tr', null, columns.map(it => h('th', { scope: 'col' }, it)))),
    h('tbody', null, links.map(it => h('tr', null,
      h('td', null, it.publisher ? link(it.publisher) : h('span', { class: 'vague' }, 'unknown')),
      h('td', null, it.slot ?? 'none'),
      h('td', null, it.database ?? ''),
      h('td', null, it.subscriber ? link(it.subscriber) : it.client ?? h('span', { class: 'vague' }, 'none')),
      h('td', null, it.subscription ? `${it.subscription} of ${it.subscriberDatabase}` : ''),
      h('td', null, it.publisher ? bytes(it.lagBytes) : ''),
      h('td', null, stateOf(it)))))));
}
