import { chosen, color, column, dashboard, fineAtZero, health, now, latest, over, shown, sorted, source, stat, states, steps, sync, table, timeline, tinted,
  toCluster, variable } from './parts.mjs';
import { driftTable } from './drifts.mjs';
import * as ask from './queries.mjs';

const of = chosen.fleet;
const agents = 'job=~"$job"';
const watched = `count(${ask.healthOrSilence(of)})`;
const small = [4, 4];

const first = [
  stat(1, 'Clusters in trouble',
    'Clusters that are missing, degraded, of unknown health, or watched by nobody any more. Their health is in the table below, the worst first.', small,
    [latest('A', `count((${ask.healthOrSilence(of)}) >= 4) or 0 * ${watched}`, 'clusters')], { thresholds: fineAtZero(color.bad), noValue: 'nobody watches' }),
  stat(2, 'Critical drifts', 'Critical drifts that fire, each counted once however many agents see it.', small,
    [latest('A', ask.firing(of, 'critical'), 'drifts')], { thresholds: fineAtZero(color.critical), noValue: 'nobody watches' }),
  stat(3, 'Warnings', 'Drifts of severity warning that fire, each counted once however many agents see it.', small,
    [latest('A', ask.firing(of, 'warning'), 'drifts')], { thresholds: fineAtZero(color.bad), noValue: 'nobody watches' }),
  stat(4, 'Instances not answering', 'Declared instances that no agent reaches.', small,
    [latest('A', `count(max by (cls, ins) (pgtopo_up{${of}}) == 0) or 0 * count(pgtopo_up{${of}})`, 'instances')],
    { thresholds: fineAtZero(color.bad), noValue: 'nobody watches' }),
  stat(5, 'Clusters not fully judged', 'Clusters of which some kind of drift could be judged by no agent: its silence means nothing.', small,
    [latest('A', `count(min by (cls) (max by (cls, kind) (pgtopo_drift_evaluable{${of}})) == 0) or 0 * count(pgtopo_cluster_health{${of}})`, 'clusters')],
    { thresholds: fineAtZero(color.minor), noValue: 'nobody watches' }),
  stat(6, 'Agents not looking', 'Agents that cannot be scraped, or whose last cycle is more than a minute ago, or that have ended none.', small,
    [latest('A',
      `count(${ask.agents(agents)} unless on (job, instance) time() - pgtopo_snapshot_timestamp_seconds{${agents}} <= 60) or 0 * count(${ask.agents(agents)})`,
      'agents')],
    { thresholds: fineAtZero(color.bad), noValue: 'no agent' }),
];

const bare = (name) => `Value #${name}`;

const clusters = table(8, 'Every cluster, the worst first',
  'Health: whether it does its work. Sync: whether it is as declared. Not watched: some agent reported it in the chosen time, and none does now. Primaries is a lower bound'
  + ' where an instance did not answer, and empty where none is seen and one did not answer. Agents that disagree see different networks, or are between two cycles.',
  [24, 12],
  [
    now('health', ask.healthOrSilence(of)),
    now('sync', ask.sync(of)),
    now('primaries', `max by (cls) (pgtopo_cluster_primaries{${of}})`),
    now('reachable', `max by (cls) (pgtopo_cluster_instances{${of}, state="reachable"})`),
    now('declared', `max by (cls) (pgtopo_cluster_instances{${of}, state="declared"})`),
    now('open', `count by (cls) (max by (cls, ins, part, kind) (pgtopo_drift{${of}} == 1)) or on (cls) 0 * max by (cls) (pgtopo_cluster_health{${of}})`),
    now('since', `min by (cls) (${ask.since(of)})`),
    now('unjudged', `count by (cls) (max by (cls, kind) (pgtopo_drift_evaluable{${of}}) == 0) or on (cls) 0 * max by (cls) (pgtopo_cluster_health{${of}})`),
    now('agents', `count by (cls) (pgtopo_cluster_health{${of}, state="unknown"})`),
    now('views', `count by (cls) (max by (cls, state) (pgtopo_cluster_health{${of}} == 1))`),
  ],
  [
    { id: 'joinByField', options: { byField: 'cls', mode: 'outer' } },
    ...sorted([bare('health'), true]),
    ...shown([['cls', 'Cluster'], [bare('health'), 'Health'], [bare('sync'), 'Sync'], [bare('primaries'), 'Primaries'], [bare('reachable'), 'Reachable'],
      [bare('declared'), 'Declared'], [bare('open'), 'Open drifts'], [bare('since'), 'Oldest drift'], [bare('unjudged'), 'Kinds not judged'],
      [bare('agents'), 'Agents'], [bare('views'), 'Agents agree']]),
  ],
  [
    column('Cluster', { links: [toCluster('${__value.text}')] }),
    column('Health', tinted(health)),
    column('Sync', tinted(sync)),
    column('Primaries', { 'custom.cellOptions': { type: 'color-text' }, thresholds: steps([0, color.critical], [1, color.good], [2, color.critical]) }),
    column('Open drifts', { 'custom.cellOptions': { type: 'color-text' }, thresholds: fineAtZero(color.bad) }),
    column('Oldest drift', { unit: 'dateTimeFromNow' }),
    column('Kinds not judged', { 'custom.cellOptions': { type: 'color-text' }, thresholds: fineAtZero(color.minor) }),
    column('Agents agree', {
      mappings: [...states({ 1: ['yes', color.good] }), { type: 'range', options: { from: 2, to: null, result: { text: 'no', color: color.bad, index: 1 } } }],
      'custom.cellOptions': { type: 'color-text' },
    }),
  ],
  'Nobody watches any cluster');

const history = [
  timeline(9, 'Health of each cluster', 'A gap: nobody watched.', [12, 8], [over('A', ask.health(of), '{{cls}}')], health),
  timeline(10, 'Whether each cluster is as declared', 'A gap: nobody watched.', [12, 8], [over('A', ask.sync(of), '{{cls}}')], sync),
];

export default dashboard('fleet', 'Fleet', 'Every cluster that pgtopo watches, the worst first: what is wrong, where, and since when.',
  [source, variable.job, variable.clusters, variable.runbook],
  [first, [driftTable(7, [24, 8], of)], [clusters], history]);
