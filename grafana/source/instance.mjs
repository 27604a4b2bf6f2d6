import { annotation, chosen, color, column, dashboard, declaredRole, fineAtZero, latest, lines, now, over, rest, role, shown, sorted, source, stat, states, steps, table, tile,
  timeline, toPage, toPigsty, toWhere, variable } from './parts.mjs';
import { driftTable } from './drifts.mjs';
import * as ask from './queries.mjs';

const of = chosen.instance;
const cluster = chosen.cluster;
const small = [4, 4];
const either = `${cluster}, downstream="$ins"`;
const state = (map) => ({ mappings: states(map), thresholds: steps() });
const yes = (good, bad) => states({ 1: ['yes', good], 0: ['no', bad] });

const first = [
  stat(1, 'Answers', 'Whether it answered at least one agent in the last cycle.', small, [latest('A', `max(pgtopo_up{${of}})`, '')],
    { mappings: yes(color.good, color.bad), thresholds: steps([0, color.bad], [1, color.good]), noValue: 'not watched' }),
  tile(2, 'Reason', 'How the last poll failed, as reported by the agents that did not reach it.', small, now('reason', ask.reasons(of)), 'reason', 'not watched',
    ['/^none: it answers$/', color.good], ['/.+/', color.bad]),
  stat(3, 'Role', 'The actual role: primary in production, replica in recovery; and whether it is the declared one, and the only primary.', small,
    [latest('A', ask.judgedRole(of, cluster), '')], { ...state(role), noValue: 'not watched' }),
  stat(4, 'Declared role', 'The role in the inventory.', small, [latest('A', ask.declaredRole(of), '')], { ...state(declaredRole), noValue: 'not watched' }),
  stat(5, 'Timeline', 'Its own timeline, and the highest one of its cluster. A timeline from the control file is a lower bound.', small,
    [latest('own', `max(pgtopo_timeline_id{${of}})`, 'its own'), latest('highest', `max(pgtopo_timeline_id{${cluster}})`, 'highest')], { decimals: 0, noValue: 'unknown' }, 'value_and_name'),
  stat(6, 'Started', 'When the server started, by its own clock.', small,
    [latest('A', `1000 * max(pgtopo_postmaster_start_timestamp_seconds{${of}})`, '')], { unit: 'dateTimeFromNow' }),
];

const follows = [
  table(8, 'Replication links', 'Of this instance, as upstream and as downstream, and which ends report each link. Declared: whether it is declared and exists, as the downstream reports.', [24, 6],
    [
      now('link', `topk by (upstream, downstream) (1, max by (upstream, downstream, grade) (pgtopo_replication_link{${cluster}, upstream="$ins"} or pgtopo_replication_link{${either}}))`),
      now('streaming', `min by (upstream, downstream) (pgtopo_replication_link_streaming{${cluster}, upstream="$ins"} or pgtopo_replication_link_streaming{${either}})`
        + ` or max by (upstream, downstream) (pgtopo_replication_link_connected{${cluster}, upstream="$ins"} == 0 or pgtopo_replication_link_connected{${either}} == 0)`),
      now('connected', `max by (upstream, downstream) (pgtopo_replication_link_connected{${cluster}, upstream="$ins"} or pgtopo_replication_link_connected{${either}})`),
      now('lag', `max by (upstream, downstream) (pgtopo_replication_replay_lag_bytes{${cluster}, upstream="$ins"} or pgtopo_replication_replay_lag_bytes{${either}})`),
      now('behind', `max by (upstream, downstream) (pgtopo_replication_replay_lag_seconds{${cluster}, upstream="$ins"} or pgtopo_replication_replay_lag_seconds{${either}})`),
      now('reply', `min by (upstream, downstream) (pgtopo_replication_reply_age_seconds{${cluster}, upstream="$ins"} or pgtopo_replication_reply_age_seconds{${either}})`),
    ],
    [{ id: 'merge', options: {} }, ...sorted(['upstream', false], ['downstream', false]),
      ...shown([['upstream', 'Upstream'], ['downstream', 'Downstream'], ['Value #streaming', 'Streams'], ['Value #lag', 'Lag'], ['Value #behind', 'Behind for'], ['Value #reply', 'Last reply'],
        ['grade', 'Seen by'], ['Value #connected', 'Declared']])],
    [
      column('Upstream', 160),
      column('Downstream', rest),
      column('Streams', 80, { mappings: yes(color.good, color.bad), 'custom.cellOptions': { type: 'color-text' } }),
      column('Lag', 90, { unit: 'bytes' }),
      column('Behind for', 95, { unit: 's', decimals: 0 }),
      column('Last reply', 95, { unit: 's', decimals: 1 }),
      column('Seen by', 110, { mappings: [{ type: 'value', options: {
        both_ends: { text: 'both', color: color.good, index: 0 }, downstream_only: { text: 'downstream', color: color.unknown, index: 1 }, upstream_only: { text: 'upstream', color: color.unknown, index: 2 },
      } }] }),
      column('Declared', 130, { mappings: states({ 1: ['connected', color.good], 0: ['not connected', color.bad] }), noValue: 'no, or unknown', 'custom.cellOptions': { type: 'color-text' } }),
    ], 'No link of it is reported'),
];

const server = [
  table(9, 'Replication slots', 'A slot that is not in use retains WAL until the disk is full or the slot is lost.', [12, 5],
    [
      now('active', `max by (slot, type) (pgtopo_replication_slot_active{${of}})`),
      now('retained', `max by (slot, type) (pgtopo_replication_slot_retained_bytes{${of}})`),
      now('status', `topk by (slot, type) (1, max by (slot, type, status) (pgtopo_replication_slot_wal_status{${of}} == 1))`),
    ],
    [{ id: 'merge', options: {} }, ...sorted(['Value #retained', true]),
      ...shown([['slot', 'Slot'], ['Value #active', 'In use'], ['Value #retained', 'Retained'], ['status', 'WAL status'], ['type', 'Type']], 'In use')],
    [
      column('Slot', rest),
      column('In use', 65, { mappings: yes(color.good, color.bad), 'custom.cellOptions': { type: 'color-text' } }),
      column('Retained', 95, { unit: 'bytes' }),
      column('WAL status', 100),
      column('Type', 80),
    ], 'No slot of it is reported'),
  table(10, 'Server that answers', 'Version and system identifier. Two rows: agents reach different servers at this address.', [12, 5],
    [now('info', `max by (ins, ip, version, system_identifier) (pgtopo_instance_info{${of}})`)],
    shown([['version', 'Version'], ['system_identifier', 'System identifier'], ['ip', 'Address']]),
    [column('Version', 75), column('System identifier', rest), column('Address', 130)], 'It does not answer, or no agent watches it'),
];

const facts = [
  stat(11, 'Replay paused', 'Whether WAL replay is paused. No value for an instance in production.', [6, 4], [latest('A', `max(pgtopo_replay_paused{${of}})`, '')],
    { mappings: states({ 1: ['paused', color.bad], 0: ['runs', color.good] }), thresholds: fineAtZero(color.bad), noValue: 'not in recovery, or unknown' }),
  stat(12, 'Replay delay', 'recovery_min_apply_delay, and the declared delay.', [6, 4],
    [latest('actual', `max(pgtopo_replay_delay_seconds{${of}})`, 'actual'), latest('declared', `max(pgtopo_replay_delay_declared_seconds{${of}})`, 'declared')],
    { unit: 's', noValue: 'not in recovery, or unknown' }, 'value_and_name'),
  table(13, 'Services', 'The services that are declared to route to it, and its weight.', [12, 4],
    [now('weight', `max by (svc, use) (pgtopo_service_declared_weight{${of}})`)],
    shown([['svc', 'Service'], ['use', 'As'], ['Value', 'Weight']]),
    [column('Service', rest), column('As', 80), column('Weight', 75, { decimals: 0 })], 'None is reported'),
];

const history = [
  timeline(14, 'Role', 'Its actual role over time. A gap: no agent watched it.', [24, 4], [over('A', ask.judgedRole(of, cluster), '{{ins}}')], role),
];

const movement = [
  lines(15, 'Positions in the WAL', 'Written in production; received and replayed in recovery.', [8, 8],
    [over('A', `max by (position) (pgtopo_wal_lsn_bytes{${of}})`, '{{position}}')], { unit: 'bytes' }),
  lines(16, 'Replay lag', 'Behind its upstream, and of its downstreams behind it.', [8, 8],
    [over('A', `max by (upstream, downstream) (pgtopo_replication_replay_lag_bytes{${cluster}, upstream="$ins"} or pgtopo_replication_replay_lag_bytes{${either}})`,
      '{{upstream}} to {{downstream}}')], { unit: 'bytes', min: 0 }),
  lines(17, 'WAL retained by slots', 'The end of its WAL minus restart_lsn of each slot.', [8, 8],
    [over('A', `max by (slot) (pgtopo_replication_slot_retained_bytes{${of}})`, '{{slot}}'),
      over('none', `0 * max(pgtopo_up{${of}} == 1) unless on () pgtopo_replication_slot_active{${of}}`, 'no slot')], { unit: 'bytes', min: 0 }),
];

const polls = [
  lines(18, 'Duration of a poll', 'By each agent, including failed polls.', [12, 6],
    [over('A', `max by (ins, instance) (pgtopo_last_poll_duration_seconds{${of}})`, '{{instance}}')], { unit: 's', min: 0 }),
  timeline(19, 'Reached by', 'Whether each agent reached it. A gap: that agent did not poll.', [12, 6],
    [over('A', `max by (instance) (pgtopo_up{${of}})`, '{{instance}}')], { 1: ['answers', color.good], 0: ['does not answer', color.bad] }),
];

const changes = [
  annotation('Critical drifts of the cluster', `max by (kind) (pgtopo_drift{${cluster}, ins="", severity="critical", state="firing"} == 1)`, '{{kind}}', color.critical),
  annotation('Drifts', `max by (kind, part) (pgtopo_drift{${of}, state="firing"} == 1)`, '{{kind}} {{part}}', color.bad),
  annotation('Restarts', `max(pgtopo_postmaster_start_timestamp_seconds{${of}}) - max(pgtopo_postmaster_start_timestamp_seconds{${of}} offset 1m) > 1`, 'restarted', color.quiet),
];

export default dashboard('instance', 'Instance', 'One declared instance: its actual and declared role, its upstream and its downstreams.',
  [source, variable.job, variable.cluster, variable.ins, variable.runbook, variable.page],
  [first, [driftTable(7, [24, 6], of, cluster, toWhere)], follows, server, facts, history, movement, polls],
  { annotations: changes, links: [toPage('cluster/${cls}/${ins}'), toPigsty('Instance')] });
