import { annotation, chosen, color, column, dashboard, fineAtZero, graph, health, latest, lines, now, over, role, severity, shown, sorted, source, stat, states,
  steps, sync, table, timeline, tinted, toInstance, toRunbook, variable } from './parts.mjs';
import { driftTable } from './drifts.mjs';
import * as ask from './queries.mjs';
import * as topology from './topology.mjs';

const of = chosen.cluster;
const subject = 'cls, ins, part, kind';
const small = [4, 4];
const state = (map) => ({ mappings: states(map), thresholds: steps() });
const toIt = [toInstance('${cls}', '${__data.fields.Instance}')];

const first = [
  stat(1, 'Health', 'Whether the cluster works. Unknown: the facts needed are hidden. Not watched: no agent reports it now.', small,
    [latest('A', ask.healthOrUnwatched(of), '{{cls}}')], { ...state(health), noValue: 'not watched' }, 'value'),
  stat(2, 'Sync', 'Whether the cluster is as declared.', small,
    [latest('A', ask.sync(of), '{{cls}}')], { ...state(sync), noValue: 'not watched' }, 'value'),
  stat(3, 'Primary', 'The instance in production. Several: a split brain. None known: there is none, or it does not answer.', small,
    [latest('A', `max by (ins) (pgtopo_instance_role{${of}, role="primary"} == 1)`, '{{ins}}')],
    { noValue: 'none known', thresholds: steps([0, color.good]) }, 'name'),
  stat(4, 'Firing drifts', 'Of severity critical and warning. A drift that several agents report is counted once.', small,
    [latest('critical', ask.firing(of, 'critical'), 'critical'), latest('warning', ask.firing(of, 'warning'), 'warnings')],
    { noValue: 'not watched', thresholds: fineAtZero(color.bad) }, 'value_and_name'),
  stat(5, 'Answering', 'Declared instances that answer at least one agent.', small,
    [latest('reachable', `count(max by (ins) (pgtopo_up{${of}}) == 1) or 0 * count(pgtopo_up{${of}})`, 'answer'),
      latest('declared', `count(max by (ins) (pgtopo_up{${of}}))`, 'declared')], { noValue: 'not watched' }, 'value_and_name'),
  stat(6, 'Changed', 'When a role last changed, in the selected time range.', small,
    [latest('A', `1000 * max(max_over_time((timestamp(${ask.role(of, 'ins')} != ${ask.role(of, 'ins', ' offset 1m')}))[$__range:1m]))`, 'changed')],
    { unit: 'dateTimeFromNow', noValue: 'none is reported' }, 'value'),
];

const live = [
  graph(8, 'Live topology',
    'What is live, not what is declared. Ring: blue in production, light blue in recovery, grey unknown, vermilion a firing warning, purple a critical drift or one of several primaries, amber not a member of the cluster. A link:'
    + ' blue streams, vermilion does not, grey is unknown. If a replica is not streaming, its declared link is drawn instead. Lag: WAL that is not yet replayed.',
    [12, 12], [now('nodes', topology.nodes(of)), now('edges', topology.edges(of))], [], [toInstance('${cls}', '${__data.fields.id}')]),
  [table(9, 'What could not be evaluated',
    'Neither drift nor in sync: no agent could evaluate these. Empty: each kind was evaluated by some agent, or no agent watches the cluster.',
    [12, 6], [now('unevaluated', ask.unevaluated(of)), now('evaluable', `max by (cls, kind) (pgtopo_drift_evaluable{${of}}) == 0 unless on (cls, kind) (${ask.unevaluated(of)})`)],
    [{ id: 'merge', options: {} }, ...sorted(['ins', false], ['kind', false]), ...shown([['kind', 'Kind'], ['ins', 'Instance'], ['part', 'Part']])],
    [column('Kind', { links: [toRunbook] }), column('Instance', { links: toIt })], 'None is reported'),
  table(10, 'Ignored, or suspended by maintenance',
    'Open drifts that do not count, because of the policy or of maintenance. They are not shown above.',
    [12, 6], [now('quiet', `max by (${subject}, state) (pgtopo_drift{${of}, state=~"ignored|suspended"} == 0)`), now('since',
      `1000 * min by (${subject}) (pgtopo_drift_since_timestamp_seconds{${of}}) and on (${subject}) pgtopo_drift{${of}, state=~"ignored|suspended"} == 0`)],
    [{ id: 'merge', options: {} }, ...sorted(['Value #since', false]),
      ...shown([['kind', 'Kind'], ['ins', 'Instance'], ['part', 'Part'], ['state', 'State'], ['Value #since', 'Since']])],
    [column('Kind', { links: [toRunbook] }), column('Instance', { links: toIt }), column('Since', { unit: 'dateTimeFromNow' })], 'None is reported')],
];

const members = table(11, 'Instances',
  'Declared and actual role, timeline, and WAL position. Empty: unknown.',
  [24, 8],
  [
    now('up', `max by (ins, ip) (pgtopo_up{${of}})`),
    now('role', ask.role(of, 'ins')),
    now('declared', `max by (ins) (5 * pgtopo_instance_declared_role{${of}, role="primary"} or 4 * pgtopo_instance_declared_role{${of}, role="replica"}`
      + ` or 3 * pgtopo_instance_declared_role{${of}, role="offline"} or 2 * pgtopo_instance_declared_role{${of}, role="standby"}`
      + ` or 1 * pgtopo_instance_declared_role{${of}, role="delayed"})`),
    now('timeline', `max by (ins) (pgtopo_timeline_id{${of}})`),
    now('written', `max by (ins) (pgtopo_wal_lsn_bytes{${of}, position=~"written|replayed"})`),
    now('paused', `max by (ins) (pgtopo_replay_paused{${of}})`),
    now('started', `1000 * max by (ins) (pgtopo_postmaster_start_timestamp_seconds{${of}})`),
    now('drifts', `count by (ins) (max by (ins, part, kind) (pgtopo_drift{${of}, ins!=""} == 1)) or on (ins) 0 * max by (ins) (pgtopo_up{${of}})`),
  ],
  [
    { id: 'joinByField', options: { byField: 'ins', mode: 'outer' } },
    ...sorted(['ins', false]),
    ...shown([['ins', 'Instance'], ['ip', 'Address'], ['Value #up', 'Answers'], ['Value #role', 'Role'], ['Value #declared', 'Declared role'],
      ['Value #timeline', 'Timeline'], ['Value #written', 'Written or replayed'], ['Value #paused', 'Replay paused'], ['Value #started', 'Started'],
      ['Value #drifts', 'Open drifts']]),
  ],
  [
    column('Instance', { links: [toInstance('${cls}', '${__value.text}')] }),
    column('Answers', tinted({ 1: ['yes', color.good], 0: ['no', color.bad] })),
    column('Role', tinted(role)),
    column('Declared role', { mappings: states({ 5: ['primary', color.good], 4: ['replica', color.quiet], 3: ['offline', color.quiet], 2: ['standby', color.quiet],
      1: ['delayed', color.quiet], 0: ['none', color.unknown] }) }),
    column('Written or replayed', { unit: 'bytes', decimals: 2 }),
    column('Replay paused', { mappings: states({ 1: ['yes', color.bad], 0: ['no', color.good] }), 'custom.cellOptions': { type: 'color-text' } }),
    column('Started', { unit: 'dateTimeFromNow' }),
    column('Open drifts', { 'custom.cellOptions': { type: 'color-text' }, thresholds: fineAtZero(color.bad) }),
  ],
  'No agent watches this cluster');

const history = [
  timeline(12, 'Roles', 'The actual role of each instance. A gap: no agent watched it.', [12, 8], [over('A', ask.role(of, 'ins'), '{{ins}}')], role),
  timeline(13, 'Drifts', 'Open drifts by severity. A gap: it was not open, or no agent watched the cluster.', [12, 8],
    [over('A', `max by (kind, ins, part) (${ask.drifts(of)})`, '{{kind}} {{ins}} {{part}}')], severity),
];

const movement = [
  lines(14, 'Replay lag of each link', 'WAL that the upstream has written and the downstream has not replayed. Where a line ends, the lag became unknown.', [12, 8],
    [over('A', `max by (upstream, downstream) (pgtopo_replication_replay_lag_bytes{${of}})`, '{{upstream}} to {{downstream}}')], { unit: 'bytes', min: 0 }),
  lines(15, 'WAL written', 'WAL that each instance in production writes per second.', [12, 8],
    [over('A', `max by (ins) (deriv(pgtopo_wal_lsn_bytes{${of}, position="written"}[$__rate_interval]))`, '{{ins}}')], { unit: 'Bps', min: 0 }),
];

const links = [
  lines(16, 'Timeline of each instance', 'It increases with each promotion. All instances should be on the same timeline. A timeline from the control file is a lower bound.', [8, 8],
    [over('A', `max by (ins) (pgtopo_timeline_id{${of}})`, '{{ins}}')], { decimals: 0 }),
  table(17, 'State of the links', 'Reported by the upstream for each downstream: the state of the walsender, and whether commits wait for it.', [8, 8],
    [now('state', `topk by (upstream, downstream) (1, max by (upstream, downstream, state) (pgtopo_replication_state{${of}} == 1))`),
      now('sync', `topk by (upstream, downstream) (1, max by (upstream, downstream, sync) (label_replace(pgtopo_replication_sync_state{${of}} == 1, "sync", "$1", "state", "(.+)")))`)],
    [{ id: 'merge', options: {} }, ...sorted(['upstream', false], ['downstream', false]),
      ...shown([['upstream', 'Upstream'], ['downstream', 'Downstream'], ['state', 'Walsender'], ['sync', 'Synchronous']])],
    [], 'No upstream reports a downstream'),
  table(18, 'Services', 'As declared: the instances of each service, and their weights. pgtopo does not poll load balancers.', [8, 8],
    [now('weight', ask.services(of))],
    shown([['svc', 'Service'], ['port', 'Port'], ['destination', 'Goes to'], ['ins', 'Instance'], ['use', 'As'], ['Value', 'Weight']]),
    [column('Instance', { links: toIt })], 'No service is reported'),
];

const primary = (value) => `max by (ins) (pgtopo_instance_role{${of}, role="primary"}) == ${value}`;

const changes = [
  annotation('Promotions', `${primary(1)} and on (ins) (max by (ins) (pgtopo_instance_role{${of}, role="primary"} offset 1m) == 0)`, '{{ins}} is in production', color.good),
  annotation('Lost', `max by (ins) (pgtopo_up{${of}}) == 0 and on (ins) (max by (ins) (pgtopo_up{${of}} offset 1m) == 1)`, '{{ins}} does not answer', color.unknown),
  annotation('Restarts', `max by (ins) (pgtopo_postmaster_start_timestamp_seconds{${of}}) - max by (ins) (pgtopo_postmaster_start_timestamp_seconds{${of}} offset 1m) > 1`,
    '{{ins}} was restarted', color.quiet),
  annotation('Critical drifts', `max by (${subject}) (pgtopo_drift{${of}, severity="critical", state="firing"} == 1)`, '{{kind}} {{ins}} {{part}}', color.critical),
  annotation('Warnings', `max by (${subject}) (pgtopo_drift{${of}, severity="warning", state="firing"} == 1)`, '{{kind}} {{ins}} {{part}}', color.bad, { enable: false }),
];

export default dashboard('cluster', 'Cluster', 'One cluster: its live topology, its drift and since when, its roles over time, and its replication lag.',
  [source, variable.job, variable.cluster, variable.runbook],
  [first, [driftTable(7, [24, 7], of)], live, [members], history, movement, links], changes);
