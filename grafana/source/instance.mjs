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
  stat(1, 'Answers', 'Whether it answered any agent in the last cycle.', small, [latest('A', `max(pgtopo_up{${of}})`, '')],
    { mappings: yes(color.good, color.bad), thresholds: steps([0, color.bad], [1, color.good]), noValue: 'not watched' }),
  stat(2, 'Why not', 'How the last look failed, by the agents that could not reach it.', small,
    [latest('A', `max by (reason) (pgtopo_last_poll_failure{${of}} == 1)`, '{{reason}}')], { noValue: 'no failure is reported', thresholds: steps([0, color.good], [1, color.bad]) }, 'name'),
  stat(3, 'Role', 'The role that it really has: primary in production, replica in recovery.', small, [latest('A', ask.role(of, 'ins'), '')],
    { ...state(role), noValue: 'not watched' }),
  stat(4, 'Declared role', 'The role that the inventory gives it.', small,
    [latest('A', `max(5 * pgtopo_instance_declared_role{${of}, role="primary"} or 4 * pgtopo_instance_declared_role{${of}, role="replica"}`
      + ` or 3 * pgtopo_instance_declared_role{${of}, role="offline"} or 2 * pgtopo_instance_declared_role{${of}, role="standby"}`
      + ` or 1 * pgtopo_instance_declared_role{${of}, role="delayed"})`, '')], { ...state(declared), noValue: 'not watched' }),
  stat(5, 'Timeline', 'The timeline that it is on, and the highest of its cluster. From the control file it is a lower bound.', small,
    [latest('own', `max(pgtopo_timeline_id{${of}})`, 'its own'), latest('highest', `max(pgtopo_timeline_id{${cluster}})`, 'highest')], { decimals: 0 }, 'value_and_name'),
  stat(6, 'Started', 'When the server started, by its own clock.', small,
    [latest('A', `1000 * max(pgtopo_postmaster_start_timestamp_seconds{${of}})`, '')], { unit: 'dateTimeFromNow' }),
];

const follows = [
  table(8, 'Replication links', 'Of this instance, as upstream and as downstream, and how well each is proved. Declared and not connected: the downstream says that it is not.', [12, 8],
    [
      now('link', `topk by (upstream, downstream) (1, max by (upstream, downstream, grade) (pgtopo_replication_link{${cluster}, upstream="$ins"} or pgtopo_replication_link{${either}}))`),
      now('streaming', `min by (upstream, downstream) (pgtopo_replication_link_streaming{${cluster}, upstream="$ins"} or pgtopo_replication_link_streaming{${either}})`),
      now('connected', `max by (upstream, downstream) (pgtopo_replication_link_connected{${cluster}, upstream="$ins"} or pgtopo_replication_link_connected{${either}})`),
      now('lag', `max by (upstream, downstream) (pgtopo_replication_replay_lag_bytes{${cluster}, upstream="$ins"} or pgtopo_replication_replay_lag_bytes{${either}})`),
    ],
    [{ id: 'merge', options: {} }, ...sorted(['upstream', false], ['downstream', false]),
      ...shown([['upstream', 'Upstream'], ['downstream', 'Downstream'], ['grade', 'Proved by'], ['Value #streaming', 'Streams'], ['Value #connected', 'Declared and connected'],
        ['Value #lag', 'Replay lag']])],
    [
      column('Streams', { mappings: yes(color.good, color.bad), 'custom.cellOptions': { type: 'color-text' } }),
      column('Declared and connected', { mappings: yes(color.good, color.bad), 'custom.cellOptions': { type: 'color-text' } }),
      column('Replay lag', { unit: 'bytes' }),
    ], 'No link of it is reported'),
  table(9, 'Replication slots', 'What it keeps WAL for. A slot that nobody uses keeps it for ever, until the disk is full or the slot is lost.', [12, 8],
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
  table(10, 'Which server answers', 'Version and system identifier. Two rows: agents reach different servers at this address.', [12, 5],
    [now('info', `max by (ins, ip, version, system_identifier) (pgtopo_instance_info{${of}})`)],
    shown([['ins', 'Instance'], ['ip', 'Address'], ['version', 'Version'], ['system_identifier', 'System identifier']]), [], 'It does not answer, or nobody watches'),
  stat(11, 'Replay paused', 'Whether replay is paused. Nothing is said of an instance in production.', [4, 5], [latest('A', `max(pgtopo_replay_paused{${of}})`, '')],
    { mappings: states({ 1: ['paused', color.bad], 0: ['runs', color.good] }), thresholds: fineAtZero(color.bad), noValue: 'not in recovery, or unknown' }),
  stat(12, 'Replay delay', 'recovery_min_apply_delay, and the delay that is declared.', [4, 5],
    [latest('real', `max(pgtopo_replay_delay_seconds{${of}})`, 'real'), latest('declared', `max(pgtopo_replay_delay_declared_seconds{${of}})`, 'declared')],
    { unit: 's', noValue: 'not in recovery, or unknown' }, 'value_and_name'),
  table(13, 'Services', 'The services that are declared to send it connections, and its share.', [4, 5],
    [now('weight', `max by (svc, use) (pgtopo_service_declared_weight{${of}})`)],
    shown([['svc', 'Service'], ['use', 'As'], ['Value', 'Weight']]), [], 'None is reported'),
];

const history = [
  timeline(14, 'Role', 'Its real role over time. A gap: nobody watched.', [24, 4], [over('A', ask.role(of, 'ins'), '{{ins}}')], role),
];

const movement = [
  lines(15, 'Positions in the WAL', 'Written in production; received and replayed in recovery.', [8, 8],
    [over('A', `max by (position) (pgtopo_wal_lsn_bytes{${of}})`, '{{position}}')], { unit: 'bytes' }),
  lines(16, 'Replay lag', 'To its upstream, and of those that follow it.', [8, 8],
    [over('A', `max by (upstream, downstream) (pgtopo_replication_replay_lag_bytes{${cluster}, upstream="$ins"} or pgtopo_replication_replay_lag_bytes{${either}})`,
      '{{upstream}} to {{downstream}}')], { unit: 'bytes', min: 0 }),
  lines(17, 'WAL kept for slots', 'The end of its WAL minus where each slot begins.', [8, 8],
    [over('A', `max by (slot) (pgtopo_replication_slot_retained_bytes{${of}})`, '{{slot}}')], { unit: 'bytes', min: 0 }),
];

const looks = [
  lines(18, 'How long a look takes', 'Of each agent, also if it failed.', [12, 6],
    [over('A', `max by (ins, instance) (pgtopo_last_poll_duration_seconds{${of}})`, '{{instance}}')], { unit: 's', min: 0 }),
  timeline(19, 'Reached by', 'Whether each agent reached it. A gap: that agent did not look.', [12, 6],
    [over('A', `max by (instance) (pgtopo_up{${of}})`, '{{instance}}')], { 1: ['answers', color.good], 0: ['does not answer', color.bad] }),
];

const changes = [
  annotation('Drifts', `max by (kind, part) (pgtopo_drift{${of}, state="firing"} == 1)`, '{{kind}} {{part}}', color.bad),
  annotation('Restarts', `max(pgtopo_postmaster_start_timestamp_seconds{${of}}) - max(pgtopo_postmaster_start_timestamp_seconds{${of}} offset 1m) > 1`, 'restarted', color.quiet),
];

export default dashboard('instance', 'Instance', 'One declared instance: what it is, what it should be, whom it follows and who follows it.',
  [source, variable.job, variable.cluster, variable.ins, variable.runbook],
  [first, [driftTable(7, [24, 6], of)], follows, facts, history, movement, looks], changes);
