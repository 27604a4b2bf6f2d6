// One instance: every fact with where it comes from, and its drifts.

import { h, keyed, badge } from './dom.js';
import { bytes, lasting, seconds, timelineOf, words } from './format.js';
import { driftCard, inOrder, keyOf } from './drift.js';
import { ageSince, stamp } from './time.js';
import { logicalTable } from './logical.js';

export function instanceView(main, cluster, name) {
  const head = h('div');
  const facts = h('div');
  const drifts = h('div', { class: 'drifts' });
  const driftHead = h('h2', null, 'Drift');
  const part = h('section', { class: 'drift-part' }, driftHead, drifts);
  main.replaceChildren(head, h('div', { class: 'of-instance' }, facts, part));

  function render(data) {
    const instance = data.cluster.instances.find(it => it.name === name);
    if (!instance) {
      facts.replaceChildren(h('p', { class: 'empty' }, `${name} is not declared in ${cluster}.`));
      part.hidden = true;
      return;
    }
    const poll = data.snapshot.polls.find(it => it.instance === name);
    const managers = data.snapshot.managers.filter(it => it.instance === name);
    const links = data.cluster.links.filter(it => it.upstream === name || it.downstream === name);
    const logical = (data.cluster.logicalLinks ?? []).filter(it => it.publisher === name || it.subscriber === name);
    keyed(head, [['head', [instance.reachable, instance.failure, instance.role, poll?.to], () => headOf(instance, poll, cluster)]]);
    keyed(facts, [['facts', [instance, poll?.to, links, logical, managers], () => factsOf(instance, poll, links, logical, managers)]]);
    const own = inOrder(data.drifts.filter(it => it.ins === name));
    driftHead.textContent = own.length === 0 ? 'No drift of this instance' : 'Drift of this instance';
    keyed(drifts, own.map(([it]) => [keyOf(it), it, () => driftCard(it, 0)]));
  }
  return { render, close: () => {} };
}

const TIMELINES = {
  wal: 'pg_walfile_name(pg_current_wal_lsn())',
  wal_receiver: 'pg_stat_wal_receiver',
  control_file: 'pg_control_checkpoint(), pg_control_recovery()',
};

const list = values => values.length === 0 ? 'none' : values.join(', ');

/** What is declared: a name, a value and a source. */
function declaredFacts(it) {
  return [
    ['Declared role', it.declaredRole ?? 'none', 'inventory: pg_role'],
    it.alias && ['Own name', it.alias, 'inventory: pg_instance'],
    ['Address', it.address, 'inventory'],
    ['Declared upstream', it.declaredUpstream, 'inventory: pg_upstream'],
    it.delay && ['Declared replay delay', lasting(seconds(it.delay.declared) ?? 0), 'inventory: pg_delay'],
  ];
}

/** What the last poll read: a name, a value and a source. */
function liveFacts(it) {
  const lsn = it.lsn ?? {};
  const up = it.upstream;
  return [
    ['Role', it.reachable ? it.role : 'unknown, it does not answer', 'pg_is_in_recovery()'],
    it.failure && ['Failure', `${words(it.failure.kind)}: ${it.failure.message}`, it.failure.sqlState ? `SQLSTATE ${it.failure.sqlState}` : 'the last poll'],
    it.version && ['Version', it.version, 'server_version_num'],
    it.systemIdentifier && ['System identifier', it.systemIdentifier, 'pg_control_system()'],
    it.startedAt && ['Started', h('span', null, stamp(it.startedAt)), "pg_postmaster_start_time(), by the server's clock"],
    it.timeline && ['Timeline', timelineOf(it.timeline), TIMELINES[it.timeline.source] ?? words(it.timeline.source)],
    lsn.written && ['Written', lsn.written, 'pg_current_wal_lsn()'],
    lsn.promotedAt && ['Promoted at', lsn.promotedAt, 'pg_last_wal_replay_lsn() of a primary'],
    lsn.received && ['Received', lsn.received, 'pg_last_wal_receive_lsn()'],
    lsn.replayed && ['Replayed', lsn.replayed, 'pg_last_wal_replay_lsn()'],
    lsn.replayedCommitAge && ['Last replayed commit', `${lasting(seconds(lsn.replayedCommitAge))} before the poll`, 'pg_last_xact_replay_timestamp()'],
    it.replay && ['Replay', words(it.replay), 'pg_is_wal_replay_paused()'],
    it.delay && it.reachable && it.role !== 'primary' && ['Replay delay', it.delay.live === null ? h('span', { class: 'vague' }, 'unknown') : lasting(seconds(it.delay.live)), 'recovery_min_apply_delay'],
    up && up.state !== 'not_needed' && ['Upstream', up.state === 'hidden' ? h('span', { class: 'vague' }, up.reason) : `${words(up.state)}${up.name ? ` ${up.name}` : ''}`, 'pg_stat_wal_receiver'],
    it.reachable && ['Traits', list(it.traits.map(words)), 'several views'],
  ];
}

const PRODUCTS = { patroni: 'Patroni' };

/** What an HA manager says of the server that it runs, or that has its table: an opinion, which is stale once it is silent. */
function opinion(manager) {
  const { failure } = manager;
  const own = manager.own ?? manager.members.find(it => it.instance === manager.instance);
  const said = own ? `${words(own.role)}, ${own.state}${own.upstream ? `, follows ${own.upstream}` : ''}` : 'nothing of this server';
  const text = failure ? h('span', { class: 'vague' }, `silent (${words(failure.kind)}); before: ${said}`)
    : h('span', null, said, own && [', unchanged since ', stamp(own.since, false)], manager.flags.length > 0 && `; ${manager.flags.map(words).join(', ')}`);
  const product = PRODUCTS[manager.manager] ?? manager.manager;
  return [`${product} says`, text, manager.own ? `${product} at ${manager.address}` : `${product} on ${manager.address}`, ageSince(manager.at)];
}

const headOf = (it, poll, cluster) => h('div', null, h('h1', null, it.name), h('p', { class: 'states' },
  it.reachable ? badge('ok', 'answers') : badge('warning', `does not answer: ${words(it.failure?.kind ?? 'unknown')}`),
  h('span', null, it.reachable ? it.role : 'role unknown'), poll && h('span', { class: 'sub' }, 'polled ', stamp(poll.to)),
  h('a', { href: `#/cluster/${encodeURIComponent(cluster)}` }, `cluster ${cluster}`)));

function factsOf(it, poll, links, logical, managers) {
  const polled = () => poll ? ageSince(poll.to) : '';
  // The age was measured by the server's clock, and goes on by the agent's.
  const surveyed = it.survey && poll && new Date(Date.parse(poll.to) - 1000 * it.survey.ageSeconds).toISOString();
  const rows = [
    ...liveFacts(it).filter(Boolean).map(row => [...row, polled()]),
    it.survey && ['Settings, databases, roles', `read as ${it.survey.login}`, 'pg_settings, pg_database, pg_roles', surveyed ? ageSince(surveyed) : ''],
    ...managers.map(opinion),
    ...declaredFacts(it).filter(Boolean).map(row => [...row, '']),
  ].filter(Boolean);
  return h('div', { class: 'about' },
    hiddenFacts(it.hidden ?? []),
    h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Facts' }, h('table', { class: 'facts' },
      h('thead', null, h('tr', null, ['Fact', 'Value', 'Age', 'Source'].map(name => h('th', { scope: 'col' }, name)))),
      h('tbody', null, rows.map(([name, value, source, age]) => h('tr', null, h('th', { scope: 'row' }, name), h('td', null, value), h('td', { class: 'sub' }, age), h('td', { class: 'sub' }, source)))))),
    more('Links', ['From', 'To', 'Reported by', 'Streams', 'Lag', 'State', 'Slot'], links.map(link => [link.upstream, link.downstream, link.witnesses.join(', '),
      link.streaming === null ? 'unknown' : link.streaming ? 'yes' : 'no', bytes(link.replayLagBytes), link.syncState ?? '', link.slot ?? ''])),
    logical.length > 0 && [h('h2', null, 'Logical replication'), logicalTable(logical)],
    more('Replication slots', ['Slot', 'Type', 'Active', 'Restart at', 'Retains', 'WAL status'], (it.slots ?? []).map(slot => [slot.name, slot.type, slot.active ? 'yes' : 'no',
      slot.restartLsn ?? '', slot.retainedBytes === null ? '' : bytes(slot.retainedBytes), slot.walStatus ?? ''])),
    more('Replication clients', ['Application', 'Address', 'Kind'], (it.clients ?? []).map(client => [client.applicationName, client.address ?? 'local', words(client.kind)])));
}

/** What the monitoring role may not see, with the statement that shows it. */
function hiddenFacts(hidden) {
  if (hidden.length === 0) return null;
  const grants = [...new Set(hidden.map(it => it.grant))];
  return h('section', { class: 'notice hidden-facts', 'aria-label': 'Hidden' },
    h('p', null, h('strong', null, 'Hidden from the monitoring role.'), ' What follows from it is unknown, not absent:'),
    h('ul', null, hidden.map(it => h('li', null, h('code', null, it.source), `: ${it.lost}`))),
    h('p', null, 'On the primary, as a superuser:'), h('pre', null, grants.join('\n')));
}

function more(title, columns, rows) {
  return rows.length > 0 && [h('h2', null, title), h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': title }, h('table', null,
    h('thead', null, h('tr', null, columns.map(it => h('th', { scope: 'col' }, it)))),
    h('tbody', null, rows.map(cells => h('tr', null, cells.map(it => h('td', null, it)))))))];
}
