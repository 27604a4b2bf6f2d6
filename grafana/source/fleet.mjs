import { chosen, color, column, dashboard, fineAtZero, health, now, latest, over, rest, shown, sorted, source, stat, states, steps, sync, table, timeline, tinted,
  toCluster, toWhereOfFleet, variable } from './parts.mjs';
import { driftTable } from './drifts.mjs';
import * as ask from './queries.mjs';

const of = chosen.fleet;
const agents = 'job=~"$job"';
const watched = `count(${ask.healthOrUnwatched(of)})`;
const small = [4, 4];

const first = [
  stat(1, 'Clusters with problems',
    'Clusters that are missing, degraded, of unknown health, or no longer watched by an agent. The table below has their health, worst first.', small,
    [latest('A', `count((${ask.healthOrUnwatched(of)}) >= 4) or 0 * ${watched}`, 'clusters')], { thresholds: fineAtZero(color.bad), noValue: 'not watched' }),
  stat(2, 'Critical drifts', 'Firing drifts of severity critical. A drift that several agents report is counted once.', small,
    [latest('A', ask.firing(of, 'critical'), 'drifts')], { thresholds: fineAtZero(color.critical), noValue: 'not watched' }),
  stat(3, 'Warnings', 'Firing drifts of severity warning. A drift that several agents report is counted once.', small,
    [latest('A', ask.firing(of, 'warning'), 'drifts')], { thresholds: fineAtZero(color.bad), noValue: 'not watched' }),
  stat(4, 'Instances not answering', 'Declared instances that no agent reaches.', small,
    [latest('A', `count(max by (cls, ins) (pgtopo_up{${of}}) == 0) or 0 * count(pgtopo_up{${of}})`, 'instances')],
    { thresholds: fineAtZero(color.bad), noValue: 'not watched' }),
  stat(5, 'Clusters not fully evaluated',
    'Clusters in which no agent could evaluate something that is declared, or whose evaluation needs what no agent sees. Drift of that kind would not be shown.', small,
    [latest('A', `count(count by (cls) (${ask.unevaluated(of)})) or 0 * count(pgtopo_cluster_health{${of}})`, 'clusters')],
    { thresholds: fineAtZero(color.minor), noValue: 'not watched' }),
  stat(6, 'Agents not polling', 'Agents that cannot be scraped, whose last cycle ended more than a minute ago, or that have ended none.', small,
    [latest('A', `count(${ask.idleAgents(agents)}) or 0 * count(${ask.agents(agents)})`, 'agents')],
    { thresholds: fineAtZero(color.bad), noValue: 'no agent' }),
];

const bare = (name) => `Value #${name}`;

const clusters = table(8, 'All clusters, worst first',
  'Health: whether it works. Sync: whether it is as declared. Not watched: an agent reported it in the selected time range, and none does now. Primaries: a lower bound'
  + ' if an instance did not answer; none seen if one did not answer and no other is in production. Unevaluated: kinds of drift that no agent could evaluate for what is declared.'
  + ' Agents agree on the health, unless they see different networks, or poll at different times.',
  [24, 6],
  [
    now('health', ask.healthOrUnwatched(of)),
    now('sync', ask.sync(of)),
    now('primaries', `max by (cls) (pgtopo_cluster_primaries{${of}})`),
    now('reachable', `max by (cls) (pgtopo_cluster_instances{${of}, state="reachable"})`),
    now('declared', `max by (cls) (pgtopo_cluster_instances{${of}, state="declared"})`),
    now('open', `count by (cls) (max by (cls, ins, part, kind) (pgtopo_drift{${of}} == 1)) or on (cls) 0 * max by (cls) (pgtopo_cluster_health{${of}})`),
    now('since', `min by (cls) (${ask.since(of)})`),
    now('unevaluated', `count by (cls) (${ask.unevaluated(of)}) or on (cls) 0 * max by (cls) (pgtopo_cluster_health{${of}})`),
    now('agents', `count by (cls) (pgtopo_cluster_health{${of}, state="unknown"})`),
    now('views', `count by (cls) (max by (cls, state) (pgtopo_cluster_health{${of}} == 1))`),
  ],
  [
    { id: 'joinByField', options: { byField: 'cls', mode: 'outer' } },
    ...sorted([bare('health'), true]),
    ...shown([['cls', 'Cluster'], [bare('health'), 'Health'], [bare('sync'), 'Sync'], [bare('primaries'), 'Primaries'], [bare('reachable'), 'Answer'],
      [bare('declared'), 'Declared'], [bare('open'), 'Drifts'], [bare('since'), 'Oldest drift'], [bare('unevaluated'), 'Unevaluated'],
      [bare('agents'), 'Agents'], [bare('views'), 'Agree']], 'Health'),
  ],
  [
    column('Cluster', rest, { links: [toCluster] }),
    column('Health', 105, tinted(health)),
    column('Sync', 75, tinted(sync)),
    column('Primaries', 85, { decimals: 0, noValue: 'none seen', 'custom.cellOptions': { type: 'color-text' }, thresholds: steps([0, color.critical], [1, color.good], [2, color.critical]) }),
    column('Answer', 70, { decimals: 0 }),
    column('Declared', 80, { decimals: 0 }),
    column('Drifts', 60, { decimals: 0, 'custom.cellOptions': { type: 'color-text' }, thresholds: fineAtZero(color.bad) }),
    column('Oldest drift', 120, { unit: 'dateTimeFromNow' }),
    column('Unevaluated', 105, { decimals: 0, 'custom.cellOptions': { type: 'color-text' }, thresholds: fineAtZero(color.minor) }),
    column('Agents', 65, { decimals: 0 }),
    column('Agree', 60, {
      mappings: [...states({ 1: ['yes', color.good] }), { type: 'range', options: { from: 2, to: null, result: { text: 'no', color: color.bad, index: 1 } } }],
      'custom.cellOptions': { type: 'color-text' },
    }),
  ],
  'No agent watches any cluster');

const history = [
  timeline(9, 'Health of each cluster', 'A gap: no agent watched it.', [12, 7], [over('A', ask.health(of), '{{cls}}')], health),
  timeline(10, 'Sync of each cluster', 'A gap: no agent watched it.', [12, 7], [over('A', ask.sync(of), '{{cls}}')], sync),
];

export default dashboard('fleet', 'Fleet', 'All clusters that pgtopo watches, worst first: what is wrong, where, and since when.',
  [source, variable.job, variable.clusters, variable.runbook],
  [first, [driftTable(7, [24, 7], of, of, toWhereOfFleet)], [clusters], history]);
