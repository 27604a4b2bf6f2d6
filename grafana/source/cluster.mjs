import { annotation, chosen, color, column, dashboard, declaredRole, fineAtZero, graph, health, latest, lines, now, over, rest, role, severity, shown, sorted, source, stat,
  states, steps, sync, table, tile, timeline, tinted, toInstance, toPage, toPigsty, toRunbook, toWhere, variable } from './parts.mjs';
import { driftTable } from './drifts.mjs';
import * as ask from './queries.mjs';
import * as topology from './topology.mjs';

const of = chosen.cluster;
const subject = 'cls, ins, part, kind';
const small = [4, 4];
const state = (map) => ({ mappings: states(map), thresholds: steps() });

const first = [
  stat(1, 'Health', 'Whether the cluster works. Unknown: the facts needed are hidden. Not watched: no agent reports it now.', small,
    [latest('A', ask.healthOrUnwatched(of), '{{cls}}')], { ...state(health), noValue: 'not watched' }, 'value'),
  stat(2, 'Sync', 'Whether the cluster is as declared.', small,
    [latest('A', ask.sync(of), '{{cls}}')], { ...state(sync), noValue: 'not watched' }, 'value'),
  tile(3, 'Primary', 'The instance in production. Several: a split brain. None: all answer, and none is in production. None seen: some do not answer.', small,
    now('primary', ask.primaries(of)), 'primary', 'not watched',
    ['/split brain/', color.critical], ['/^none$/', color.critical], ['/^none seen$/', color.bad], ['/.+/', color.good]),
  stat(4, 'Firing drifts', 'Of severity critical and warning. A drift that several agents report is counted once.', small,
    [latest('critical', ask.firing(of, 'critical'), 'critical'), latest('warning', ask.firing(of, 'warning'), 'warnings')],
    { decimals: 0, noValue: 'not watched', thresholds: fineAtZero(color.bad) }, 'value_and_name'),
  tile(5, 'Answering', 'How many of the declared instances answer at least one agent.', small,
    now('answering', ask.answering(of)), 'answering', 'not watched', ['/^(\\d+) of \\1$/', color.good], ['/.+/', color.bad]),
  stat(6, 'Changed', 'When a role last changed, in the selected time range.', small,
    [latest('A', `1000 * max(max_over_time((timestamp(${ask.role(of, 'ins')} != ${ask.role(of, 'ins', ' offset 1m')}))[$__range:1m]))`, 'changed')],
    { unit: 'dateTimeFromNow', noValue: 'none is reported' }, 'value'),
];

const live = graph(8, 'Live topology',
  'What is live, not what is declared. A solid blue link streams; a dashed vermilion one does not; a dotted grey one is unknown. If a replica is not streaming, its declared'
  + ' link is drawn instead. Point at a link for its lag, which is WAL that is not yet replayed, and click for which ends report it. An instance leads to its dashboard.',
  [24, 16], [now('nodes', topology.nodes(of)), now('edges', topology.edges(of))], topology.rings, topology.names, topology.toNode);

const gaps = [
  table(9, 'What could not be evaluated',
    'Neither drift nor in sync: no agent could evaluate these for what is declared. Empty: none is reported, or no agent watches the cluster.',
    [10, 6], [now('unevaluated', ask.unevaluatedRows(of))],
    [...sorted(['ins', false], ['kind', false]), ...shown([['kind', 'Kind'], ['ins', 'Instance'], ['part', 'Part'], ['concerns', 'Concerns']])],
    [column('Kind', rest, { links: [toRunbook] }), column('Instance', 105, { noValue: 'whole cluster', links: [toWhere] }), column('Part', 75), column('Concerns', 80)], 'None is reported'),
  table(10, 'Ignored, or suspended by maintenance',
    'Open drifts that do not count, because of the policy or of maintenance. They are not shown above.',
    [14, 6], [now('quiet', ask.quietRows(of)), now('since',
      `1000 * min by (${subject}) (pgtopo_drift_since_timestamp_seconds{${of}}) and on (${subject}) pgtopo_drift{${of}, state=~"ignored|suspended"} == 0`)],
    [{ id: 'merge', options: {} }, ...sorted(['Value #since', false]),
      ...shown([['kind', 'Kind'], ['ins', 'Instance'], ['part', 'Part'], ['state', 'State'], ['Value #since', 'Since'], ['concerns', 'Concerns']])],
    [column('Kind', rest, { links: [toRunbook] }), column('Instance', 105, { noValue: 'whole cluster', links: [toWhere] }), column('Part', 60), column('State', 80),
      column('Since', 110, { unit: 'dateTimeFromNow' }), column('Concerns', 75)], 'None is reported'),
];

const members = table(11, 'Instances',
  'Declared and actual role, timeline, and the end of its WAL: written in production, replayed in recovery. A dash: unknown, or it does not apply.',
  [24, 8],
  [
    now('up', `max by (ins, ip) (pgtopo_up{${of}})`),
    now('role', ask.judgedRole(of, of)),
    now('declared', ask.declaredRole(of)),
    now('timeline', `max by (ins) (pgtopo_timeline_id{${of}})`),
    now('written', `max by (ins) (pgtopo_wal_lsn_bytes{${of}, position=~"written|replayed"})`),
    now('paused', `max by (ins) (pgtopo_replay_paused{${of}})`),
    now('started', `1000 * max by (ins) (pgtopo_postmaster_start_timestamp_seconds{${of}})`),
    now('drifts', `count by (ins) (max by (ins, part, kind) (pgtopo_drift{${of}, ins!=""} == 1)) and on (ins) pgtopo_up{${of}} or on (ins) 0 * max by (ins) (pgtopo_up{${of}})`),
  ],
  [
    { id: 'joinByField', options: { byField: 'ins', mode: 'outer' } },
    ...sorted(['ins', false]),
    ...shown([['ins', 'Instance'], ['Value #role', 'Role'], ['Value #up', 'Answers'], ['Value #declared', 'Declared'], ['Value #drifts', 'Drifts'],
      ['Value #timeline', 'Timeline'], ['Value #written', 'WAL'], ['Value #paused', 'Paused'], ['Value #started', 'Started'], ['ip', 'Address']]),
  ],
  [
    column('Instance', rest, { links: [toInstance] }),
    column('Role', 170, tinted(role)),
    column('Answers', 76, tinted({ 1: ['yes', color.good], 0: ['no', color.bad] })),
    column('Declared', 80, { mappings: states(declaredRole) }),
    column('Drifts', 60, { decimals: 0, 'custom.cellOptions': { type: 'color-text' }, thresholds: fineAtZero(color.bad) }),
    column('Timeline', 75, { decimals: 0 }),
    column('WAL', 85, { unit: 'bytes', decimals: 2 }),
    column('Paused', 65, { mappings: states({ 1: ['yes', color.bad], 0: ['no', color.good] }), 'custom.cellOptions': { type: 'color-text' } }),
    column('Started', 120, { unit: 'dateTimeFromNow' }),
    column('Address', 110),
  ],
  'No agent watches this cluster');

const history = [
  timeline(12, 'Roles', 'The actual role of each instance. A gap: no agent watched it.', [12, 8], [over('A', ask.judgedRole(of, of), '{{ins}}')], role),
  timeline(13, 'Drifts', 'Open drifts by severity. A gap: it was not open, or no agent watched the cluster.', [12, 8],
    [over('A', `max by (kind, ins, part) (${ask.drifts(of)})`, '{{kind}} {{ins}} {{part}}')], severity),
];

const movement = [
  lines(14, 'Replay lag of each link', 'WAL that the upstream has written and the downstream has not replayed. Where a line ends, the lag became unknown.', [8, 8],
    [over('A', `max by (upstream, downstream) (pgtopo_replication_replay_lag_bytes{${of}})`, '{{upstream}} to {{downstream}}')], { unit: 'bytes', min: 0 }),
  lines(40, 'Replay lag in seconds', 'How long the downstream has not replayed what the upstream had, at least. It is 0 while nothing is written, too.', [8, 8],
    [over('A', `max by (upstream, downstream) (pgtopo_replication_replay_lag_seconds{${of}})`, '{{upstream}} to {{downstream}}')], { unit: 's', min: 0 }),
  lines(19, 'Age of the last reply', 'How long ago, at least, the downstream last confirmed to its upstream what it has. On a healthy link it stays below'
    + ' wal_receiver_status_interval, 10 s by default, also if nothing is written. Unknown before PostgreSQL 12, and unless both ends answer.', [8, 8],
    [over('A', `min by (upstream, downstream) (pgtopo_replication_reply_age_seconds{${of}})`, '{{upstream}} to {{downstream}}')], { unit: 's', min: 0 }),
];

const written = [
  lines(15, 'WAL written', 'WAL that each instance in production writes per second.', [12, 8],
    [over('A', `max by (ins) (deriv(pgtopo_wal_lsn_bytes{${of}, position="written"}[$__rate_interval]))`, '{{ins}}')], { unit: 'Bps', min: 0 }),
  lines(16, 'Timeline of each instance', 'It increases with each promotion. All instances should be on the same timeline. A timeline from the control file is a lower bound.', [12, 8],
    [over('A', `max by (ins) (pgtopo_timeline_id{${of}})`, '{{ins}}')], { decimals: 0 }),
];

const links = [
  table(17, 'State of the links', 'Reported by the upstream for each downstream: the state of the walsender, and whether commits wait for it.', [24, 6],
    [now('state', `topk by (upstream, downstream) (1, max by (upstream, downstream, state) (pgtopo_replication_state{${of}} == 1))`),
      now('sync', `topk by (upstream, downstream) (1, max by (upstream, downstream, sync) (label_replace(pgtopo_replication_sync_state{${of}} == 1, "sync", "$1", "state", "(.+)")))`)],
    [{ id: 'merge', options: {} }, ...sorted(['upstream', false], ['downstream', false]),
      ...shown([['upstream', 'Upstream'], ['downstream', 'Downstream'], ['state', 'Walsender'], ['sync', 'Commits']])],
    [column('Upstream', 160), column('Downstream', rest), column('Walsender', 110), column('Commits', 100)], 'No upstream reports a downstream'),
];

const verdict = tinted({ 1: ['yes', color.good], 0: ['no', color.bad], '-1': ['unknown', color.unknown] });
const costs = {
  no_writer: ['no writes until promotion'],
  commits_wait: ['commits wait for standbys'],
  service_empty: ['a service is empty'],
  no_candidate: ['no candidate is left'],
  slot_ends: ['a logical slot ends'],
  upstream_lost: ['members lose their upstream'],
  none: ['nothing'],
};
const takeover = [
  table(42, 'Who may take over', 'Whether each instance could replace the primary without harm: if that stops without warning, and if it is shut down first.'
    + ' pgtopo safe says why.', [12, 7],
    [now('failover', ask.safe(of, 'failover')), now('switchover', ask.safe(of, 'switchover'))],
    [{ id: 'merge', options: {} }, ...sorted(['candidate', false]),
      ...shown([['candidate', 'Candidate'], ['Value #failover', 'If the primary fails'], ['Value #switchover', 'By a switchover']])],
    [column('Candidate', rest), column('If the primary fails', 160, verdict), column('By a switchover', 140, verdict)], 'No replica is reported'),
  table(43, 'What the loss of a node costs', 'What would stop if a node or a zone were lost for good now, and whether the cluster bears it: what is unknown first, then the worst. pgtopo safe says why.',
    [12, 7], [now('losses', ask.losses(of))],
    [...sorted(['node', false], ['Value', false]), ...shown([['node', 'Node'], ['effect', 'What it costs'], ['Value', 'Borne']])],
    [column('Node', 130), column('What it costs', rest, { mappings: states(costs) }), column('Borne', 90, verdict)], 'No node is reported'),
];

const services = [
  table(18, 'Services', 'The instances of each service, and their weights, as declared; and whether each should get connections: it passes the health check in its live role.',
    [15, 7], [now('weight', ask.services(of)), now('expected', ask.expected(of))],
    [{ id: 'merge', options: {} }, ...sorted(['ins', false], ['svc', false]),
      ...shown([['svc', 'Service'], ['ins', 'Instance'], ['Value #expected', 'Expected'], ['use', 'As'], ['Value #weight', 'Weight'], ['port', 'Port'], ['destination', 'Goes to']])],
    [column('Service', 75), column('Instance', rest),
      column('Expected', 82, { mappings: states({ 1: ['yes', color.good], 0: ['no', color.quiet], '-1': ['unknown', color.unknown] }), 'custom.cellOptions': { type: 'color-text' } }),
      column('As', 85), column('Weight', 66, { decimals: 0 }), column('Port', 60), column('Goes to', 88)], 'No service is reported'),
  table(20, 'Addresses of services', 'Whether a connection of a client to each address got a server when it was last tried. pgtopo dials services only if it is set to.',
    [9, 7], [now('up', ask.addresses(of))],
    [...sorted(['svc', false]), ...shown([['svc', 'Service'], ['address', 'Address'], ['Value', 'Connects']])],
    [column('Service', rest), column('Address', 120), column('Connects', 100, tinted({ 1: ['yes', color.good], 0: ['no server', color.bad], '-1': ['not dialled', color.unknown] }))],
    'No service is reported'),
];

const balancers = [
  table(22, 'What Patroni believes', 'The role that Patroni reports of its own server: an opinion, perhaps wrong. It is read only if pgtopo is set to.',
    [8, 6], [now('belief', ask.believed(of)), now('up', ask.managers(of))],
    [{ id: 'merge', options: {} }, ...sorted(['ins', false]), ...shown([['ins', 'Instance'], ['role', 'Role'], ['Value #up', 'Answers']])],
    [column('Instance', rest), column('Role', 90), column('Answers', 80, { mappings: states({ 1: ['yes', color.good], 0: ['no', color.unknown], '-1': ['not read', color.unknown] }), 'custom.cellOptions': { type: 'color-text' } })],
    'No instance is reported'),
  table(21, 'Where load balancers send connections', 'What the HAProxy of each node reports: which instances of each service it uses. It is read only if pgtopo is set to.',
    [16, 6], [now('serves', ask.serving(of))],
    [...sorted(['node', false], ['ins', false], ['svc', false]), ...shown([['svc', 'Service'], ['ins', 'Instance'], ['node', 'Load balancer'], ['Value', 'Connections']])],
    [column('Service', rest), column('Instance', 160), column('Load balancer', 180),
      column('Connections', 110, { mappings: states({ 1: ['yes', color.good], 0: ['no', color.quiet], '-1': ['not read', color.unknown] }), 'custom.cellOptions': { type: 'color-text' } })],
    'No service is reported'),
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
  [source, variable.job, variable.cluster, variable.runbook, variable.page],
  [first, [driftTable(7, [24, 6], of, of, toWhere)], [live], [members], gaps, history, movement, written, takeover, services, balancers, links],
  { annotations: changes, links: [toPage('cluster/${cls}'), toPigsty('Cluster')] });
