// All clusters, the worst first.

import { h, keyed, sign } from './dom.js';
import { bytes, count, natural, words } from './format.js';
import { get } from './live.js';
import { rank } from './drift.js';
import { stamp } from './time.js';

const PAGE = 200;
const AT_ONCE = 40;
const REFRESH_SECONDS = 30;

/** Filters, with the clusters that each lets through. */
const STATES = {
  all: ['All', () => true],
  critical: ['Critical', row => row.state === 'critical'],
  drifted: ['Drifted', row => ['critical', 'warning', 'info'].includes(row.state)],
  unknown: ['Unverified', row => row.unverifiable > 0 || row.sync === 'unknown'],
  suspended: ['Maintenance', row => row.suspended > 0],
  ok: ['In sync', row => row.state === 'ok'],
};

const clusters = new Map();
let loadedAt = 0;

function stateOf(row) {
  if (row.worst) return row.worst.about ? 'unknown' : row.worst.severity;
  if (row.suspended > 0) return 'suspended';
  return row.sync === 'in_sync' ? 'ok' : 'unknown';
}

function keep(row) {
  row.state = stateOf(row);
  row.found = [row.name, ...row.members.flatMap(it => [it.name, it.address])].join(' ').toLowerCase();
  clusters.set(row.name, row);
}

/** Reads all clusters, or those that have changed. */
export async function loadFleet(names = []) {
  const some = names.length > 0 && names.length <= AT_ONCE && names.every(it => clusters.has(it));
  const query = some ? `?${names.map(it => `cluster=${encodeURIComponent(it)}`).join('&')}` : '';
  const answer = await get(`/api/v1/clusters${query}`);
  if (!some) {
    clusters.clear();
    loadedAt = performance.now();
  }
  answer.clusters.forEach(keep);
}

export const knowsFleet = () => clusters.size > 0;

/** Whether more than half of all nodes are silent, so that the agent may be cut off itself. */
export const isIsolated = () => [...clusters.values()].some(row => row.worst?.kind === 'agent_isolated' || row.causes.some(it => it.code === 'agent_isolated'));

/** Lags grow without an event. */
export const isFleetOld = () => performance.now() - loadedAt > 1000 * REFRESH_SECONDS;

/** The cluster of an instance, by the name of the instance. */
export function clusterOf(instance) {
  for (const row of clusters.values()) if (row.members.some(it => it.name === instance)) return row.name;
  return null;
}

export function fleetView(main, query, change) {
  let shown = PAGE;
  const search = h('input', { type: 'search', id: 'search', placeholder: 'cluster, instance or IP', value: query.get('q') ?? '', autocomplete: 'off', spellcheck: 'false',
    oninput: () => { shown = PAGE; change({ q: search.value }); render(); } });
  const filters = h('div', { class: 'filters', role: 'group', 'aria-label': 'State' });
  const totals = h('p', { class: 'totals' });
  const list = h('ul', { class: 'fleet' });
  const more = h('button', { type: 'button', onclick: () => { shown += PAGE; render(); } });
  const empty = h('p', { class: 'empty' });
  main.replaceChildren(h('div', { class: 'tools' }, h('h1', null, 'Clusters'), h('label', { class: 'unseen', for: 'search' }, 'Search'), search, filters), totals,
    h('div', { class: 'fleet-head', 'aria-hidden': 'true' }, ['Cluster', 'Primary', 'Servers', 'Worst drift', 'Lag'].map(it => h('span', null, it))),
    list, empty, more);
  let state = STATES[query.get('state')] ? query.get('state') : 'all';

  function render() {
    const all = [...clusters.values()];
    const text = search.value.trim().toLowerCase();
    const searched = text === '' ? all : all.filter(row => row.found.includes(text));
    keyed(filters, Object.entries(STATES).map(([name, [title, test]]) => {
      const number = searched.filter(test).length;
      return [name, [number, name === state], () => h('button', { type: 'button', 'aria-pressed': String(name === state),
        onclick: () => { state = name; shown = PAGE; change({ state: name === 'all' ? '' : name }); render(); } }, title, ' ', h('span', { class: 'number' }, number))];
    }));
    const rows = searched.filter(STATES[state][1]).sort((a, b) => order(a) - order(b) || natural(a.name, b.name));
    keyed(list, rows.slice(0, shown).map(row => [row.name, row, () => fleetRow(row)]));
    const servers = all.reduce((sum, row) => [sum[0] + row.reachable, sum[1] + row.declared], [0, 0]);
    totals.textContent = `${count(all.length, 'cluster')}, ${servers[0]} of ${count(servers[1], 'server')} answer`;
    empty.textContent = rows.length > 0 ? '' : all.length === 0 ? 'No cluster is declared in the inventory.'
      : 'No cluster matches. Clear the search or choose another state.';
    empty.hidden = rows.length > 0;
    list.hidden = rows.length === 0;
    more.hidden = rows.length <= shown;
    more.textContent = `Show ${Math.min(PAGE, rows.length - shown)} more of ${rows.length - shown}`;
  }
  render();
  return render;
}

const order = row => row.state === 'ok' ? 9 : rank(row.state);

const LABELS = { ok: 'in sync', unknown: 'unverified', suspended: 'maintenance' };

function fleetRow(row) {
  const worst = row.worst;
  const subject = worst?.ins && worst.ins !== row.name ? `${worst.ins}: ` : '';
  const what = worst ? `${subject}${worst.about ? 'unverifiable ' : ''}${words(worst.about ?? worst.kind)}` : '';
  const others = row.drifts + row.unverifiable - 1;
  const href = `#/cluster/${encodeURIComponent(row.name)}`;
  return h('li', { class: `row ${row.state}` }, h('a', { href },
    h('span', { class: 'cell name' }, sign(row.state, 18), h('span', null, h('strong', null, row.name), h('span', { class: 'sub' },
      `${LABELS[row.state] ?? row.state}, ${row.health}`))),
    h('span', { class: 'cell primary' }, row.primaries.length === 0 ? h('span', { class: 'vague' }, 'no primary seen') : row.primaries.join(', '),
      row.primaries.length > 1 && h('span', { class: 'sub alarm' }, `${row.primaries.length} accept writes`)),
    h('span', { class: 'cell servers', title: row.members.map(it => `${it.name} ${it.reachable ? it.role : 'silent'}`).join(', ') },
      h('span', { class: 'dots', 'aria-hidden': 'true' }, row.members.slice(0, 12).map(it => h('i', { class: it.reachable ? it.role : 'silent' }))),
      h('span', null, `${row.reachable} of ${row.declared}`, h('span', { class: 'unseen' }, ' servers answer'))),
    h('span', { class: 'cell worst' }, worst ? [h('span', { class: `text ${row.state}` }, what, others > 0 && h('span', { class: 'sub inline' }, ` +${others}`)),
      h('span', { class: 'sub' }, worst.state === 'pending' ? 'pending, since ' : 'since ', stamp(worst.since))]
      : row.suspended > 0 ? h('span', { class: 'sub' }, `${count(row.suspended, 'drift')} suspended`) : h('span', { class: 'sub' }, 'no drift')),
    h('span', { class: 'cell lag' }, row.replayLagBytes === null ? h('span', { class: 'vague' }, '?') : bytes(row.replayLagBytes), h('span', { class: 'unseen' }, ' lag'))));
}

