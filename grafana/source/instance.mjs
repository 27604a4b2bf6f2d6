import { annotation, chosen, color, column, dashboard, fineAtZero, latest, lines, now, over, role, shown, sorted, source, stat, states, steps, table, timeline,
  tinted, toCluster, variable } from './parts.mjs';
import { driftTable } from './drifts.mjs';
import * as ask from './queries.mjs';

const of = chosen.instance;
const cluster = chosen.cluster;
const small = [4, 4];
const either = `${cluster}, downstream="$ins"`;
const state = (map) => ({ mappings: states(map), thresholds: steps() });
const declared = { 5: ['primary', color.good], 4: ['replica', color.quiet], 3: ['offline', color.quiet], 2: ['standby', color.quiet], 1: ['delayed', color.quiet], 0: ['none', color.unknown] };
const yes = (good, bad) => states({ 1: ['yes', good], 0: ['no', bad] });

const first = [
  stat(1, 'Answers', 'Whether it answered at least one agent in the last cycle.', small, [latest('A', `max(pgtopo_up{${of}})`, '')],
    { mappings: yes(color.good, color.bad), thresholds: steps([0, color.bad], [1, color.good]), noValue: 'not watched' }),
  stat(2, 'Reason', 'How the last poll failed, as reported by the agents that did not reach it.', small,
    [latest('A', `max by (reason) (pgtopo_last_poll_failure{${of}} == 1)`, '{{reason}}')], { noValue: 'no failure is reported', thresholds: steps([0, color.good], [1, color.bad]) }, 'name'),
  stat(3, 'Role', 'The actual role: primary in production, replica in recovery.', small, [latest('A', ask.role(of, 'ins'), '')],
    { ...state(role), noValue: 'not watched' }),
  stat(4, 'Declared role', 'The role in the inventory.', small,
    [latest('A', `max(5 * pgtopo_instance_declared_role{${of}, role="primary"} or 4 * pgtopo_instance_declared_role{${of}, role="replica"}`
      + ` or 3 * pgtopo_instance_declared_role{${of}, role="offline"} or 2 * pgtopo_instance_declared_role{${of}, role="standby"}`
      + ` or 1 * pgtopo_instance_declared_role{${of}, role="delayed"})`, '')], { ...state(declared), noValue: 'not watched' }),
  stat(5, 'Timeline', 'Its own timeline, and the highest one of its cluster. A timeline from the control file is a lower bound.', small,
    [latest('own', `max(pgtopo_timeline_id{${of}})`, 'its own'), latest('highest', `max(pgtopo_timeline_id{${cluster}})`, 'highest')], { decimals: 0 }, 'value_and_name'),
  stat(6, 'Started', 'When the server started, by its own clock.', small,
    [latest('A', `1000 * max(pgtopo_postmaster_start_timestamp_seconds{${of}})`, '')], { unit: 'dateTimeFromNow' }),
];

const follows = [
  table(8, 'Replication links', 'Of this instance, as upstream and as downstream, and which ends report each link. Declared and not connected: reported by the downstream.', [12, 8],
    [
      now('link', `topk by (upstream, downstream) (1, max by (upstream, downstream, grade) (pgtopo_replication_link{${cluster}, upstream="$ins"} or pgtopo_replication_link{${either}}))`),
      now('streaming', `min by (upstream, downstream) (pgtopo_replication_link_streaming{${cluster}, upstream="$ins"} or pgtopo_replication_link_streaming{${either}})`),
      now('connected', `max by (upstream, downstream) (pgtopo_replication_link_connected{${cluster}, upstream="$ins"} or pgtopo_replication_link_connected{${either}})`),
      now('lag', `max by (upstream, downstream) (pgtopo_replication_replay_lag_bytes{${cluster}, upstream="$ins"} or pgtopo_replication_replay_lag_bytes{${either}})`),
    ],
    [{ id: 'merge', options: {} }, ...sorted(['upstream', false], ['downstream', false]),
      ...shown([['upstream', 'Upstream'], ['downstream', 'Downstream'], ['grade', 'Reported by'], ['Value #streaming', 'Streams'], ['Value #connected', 'Declared and connected'],
        ['Value #lag', 'Replay lag']])],
    [
      column('Streams', { mappings: yes(color.good, color.bad), 'custom.cellOptions': { type: 'color-text' } }),
      column('Declared and connected', { mappings: yes(color.good, color.bad), 'custom.cellOptions': { type: 'color-text' } }),
      column('Replay lag', { unit: 'bytes' }),
    ], 'No link of it is reported'),
  table(9, 'Replication slots', 'A slot that is not in use retains WAL until the disk is full or the slot is lost.', [12, 8],
    [
      now('active', `max by (slot, type) (pgtopo_replication_slot_active{${of}})`),
      now('retained', `max by (slot, type) (pgtopo_replication_slot_retained_bytes{${of}})`),
      now('status', `topk by (slot, type) (1, max by (slot, type, status) (pgtopo_replication_slot_wal_status{${of}} == 1))`),
    ],
    [{ id: 'merge', options: {} }, ...sorted(['Value #retained', true]),
      ...shown([['slot', 'Slot'], ['type', 'Type'], ['Value #active', 'In use'], ['status', 'WAL status'], ['Value #retained', 'Retained']])],
    [
      column('In use', { mappings: yes(color.good, color.bad), 'custom.cellOptions': { type: 'color-text' } }),
      column('Retained', { unit: 'bytes' }),
    ], 'No slot of it is reported'),
];

const facts = [
  table(10, 'Server that answers', 'Version and system identifier. Two rows: agents reach different servers at this address.', [12, 5],
    [now('info', `max by (ins, ip, version, system_identifier) (pgtopo_instance_info{${of}})`)],
    shown([['ins', 'Instance'], ['ip', 'Address'], ['version', 'Version'], ['system_identifier', 'System identifier']]), [], 'It does not answer, or no agent watches it'),
  stat(11, 'Replay paused', 'Whether WAL replay is paused. No value for an instance in production.', [4, 5], [latest('A', `max(pgtopo_replay_paused{${of}})`, '')],
    { mappings: states({ 1: ['paused', color.bad], 0: ['runs', color.good] }), thresholds: fineAtZero(color.bad), noValue: 'not in recovery, or unknown' }),
  stat(12, 'Replay delay', 'recovery_min_apply_delay, and the declared delay.', [4, 5],
    [latest('actual', `max(pgtopo_replay_delay_seconds{${of}})`, 'actual'), latest('declared', `max(pgtopo_replay_delay_declared_seconds{${of}})`, 'declared')],
    { unit: 's', noValue: 'not in recovery, or unknown' }, 'value_and_name'),
  table(13, 'Services', 'The services that are declared to route to it, and its weight.', [4, 5],
    [now('weight', `max by (svc, use) (pgtopo_service_declared_weight{${of}})`)],
    shown([['svc', 'Service'], ['use', 'As'], ['Value', 'Weight']]), [], 'None is reported'),
];

const history = [
  timeline(14, 'Role', 'Its actual role over time. A gap: no agent watched it.', [24, 4], [over('A', ask.role(of, 'ins'), '{{ins}}')], role),
];

const movement = [
  lines(15, 'Positions in the WAL', 'Written in production; received and replayed in recovery.', [8, 8],
    [over('A', `max by (position) (pgtopo_wal_lsn_bytes{${of}})`, '{{position}}')], { unit: 'bytes' }),
  lines(16, 'Replay lag', 'Behind its upstream, and of its downstreams behind it.', [8, 8],
    [over('A', `max by (upstream, downstream) (pgtopo_replication_replay_lag_bytes{${cluster}, upstream="$ins"} or pgtopo_replication_replay_lag_bytes{${either}})`,
      '{{upstream}} to {{downstream}}')], { unit: 'bytes', min: 0 }),
  lines(17, 'WAL retained by slots', 'The end of its WAL minus restart_lsn of each slot.', [8, 8],
    [over('A', `max by (slot) (pgtopo_replication_slot_retained_bytes{${of}})`, '{{slot}}')], { unit: 'bytes', min: 0 }),
];

const polls = [
  lines(18, 'Duration of a poll', 'By each agent, including failed polls.', [12, 6],
    [over('A', `max by (ins, instance) (pgtopo_last_poll_duration_seconds{${of}})`, '{{instance}}')], { unit: 's', min: 0 }),
  timeline(19, 'Reached by', 'Whether each agent reached it. A gap: that agent did not poll.', [12, 6],
    [over('A', `max by (instance) (pgtopo_up{${of}})`, '{{instance}}')], { 1: ['answers', color.good], 0: ['does not answer', color.bad] }),
];

const changes = [
  annotation('Drifts', `max by (kind, part) (pgtopo_drift{${of}, state="firing"} == 1)`, '{{kind}} {{part}}', color.bad),
  annotation('Restarts', `max(pgtopo_postmaster_start_timestamp_seconds{${of}}) - max(pgtopo_postmaster_start_timestamp_seconds{${of}} offset 1m) > 1`, 'restarted', color.quiet),
];

export default dashboard('instance', 'Instance', 'One declared instance: its actual and declared role, its upstream and its downstreams.',
  [source, variable.job, variable.cluster, variable.ins, variable.runbook],
  [first, [driftTable(7, [24, 6], of)], follows, facts, history, movement, polls], changes);
