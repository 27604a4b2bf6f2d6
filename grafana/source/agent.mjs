import { chosen, color, column, dashboard, fineAtZero, latest, lines, now, over, rest, shown, sorted, source, stat, states, steps, table, tinted, variable } from './parts.mjs';
import * as ask from './queries.mjs';

const of = chosen.agent;
const small = [4, 4];
const snapshot = `time() - pgtopo_snapshot_timestamp_seconds{${of}}`;
const grown = (family, by = 'instance') => `sum by (${by}) (increase(${family}{${of}}[$__rate_interval]))`;
// Of agents that are silent it is unknown whether there are more: then only what is known to have happened is shown.
const inTime = (family) => {
  const counted = `sum(increase(${family}{${of}}[$__range]))`;
  return `${counted} > 0 or ${counted} unless on () ${ask.agents(of)} == 0`;
};

const first = [
  stat(1, 'Agents not polling', 'Agents that cannot be scraped, whose last cycle ended more than a minute ago, or that have ended none.', small,
    [latest('A', `count(${ask.idleAgents(of)}) or 0 * count(${ask.agents(of)})`, 'agents')],
    { thresholds: fineAtZero(color.bad), noValue: 'no agent' }),
  stat(2, 'Oldest snapshot', 'Time since the last cycle ended, of the agent that is furthest behind. After three intervals an agent withdraws its metrics of servers.', small,
    [latest('A', `max(${snapshot})`, '')], { unit: 's', thresholds: steps([0, color.good], [30, color.minor], [60, color.bad]), noValue: 'no snapshot' }),
  stat(3, 'Settings in force', 'Whether the last reload of settings and inventory succeeded. If not, the agent still uses the old ones.', small,
    [latest('A', `min(pgtopo_config_last_reload_successful{${of}})`, '')],
    { mappings: states({ 1: ['as on disk', color.good], 0: ['old ones', color.bad] }), thresholds: steps([0, color.bad], [1, color.good]), noValue: 'no agent' }),
  stat(4, 'Failed cycles', 'Cycles that failed because of a bug, in the selected time range; the log of the agent has the details.', small,
    [latest('A', inTime('pgtopo_cycle_failures_total'), '')], { decimals: 0, thresholds: fineAtZero(color.bad), noValue: 'unknown' }),
  stat(5, 'Scrapes without topology', 'Snapshots that could not be rendered because of a bug, in the selected time range.', small,
    [latest('A', inTime('pgtopo_render_failures_total'), '')], { decimals: 0, thresholds: fineAtZero(color.bad), noValue: 'unknown' }),
  stat(6, 'State not written', 'Cycles after which the state could not be written to state_directory, in the selected time range. A restart would lose since when each drift is open.', small,
    [latest('A', inTime('pgtopo_state_write_failures_total'), '')], { decimals: 0, thresholds: fineAtZero(color.bad), noValue: 'unknown' }),
];

const each = table(7, 'Agents', 'One row per agent: whether Prometheus can scrape it, its resident memory, when it read its settings, and its version.', [24, 6],
  [
    now('up', `max by (instance) (${ask.agents(of)})`),
    now('version', `max by (instance, version) (pgtopo_build_info{${of}})`),
    now('age', `max by (instance) (${snapshot})`),
    now('cycle', `max by (instance) (pgtopo_last_cycle_duration_seconds{${of}})`),
    now('clusters', `count by (instance) (pgtopo_cluster_health{${of}, state="unknown"})`),
    now('instances', `count by (instance) (pgtopo_up{${of}})`),
    now('settings', `1000 * max by (instance) (pgtopo_config_last_reload_success_timestamp_seconds{${of}})`),
    now('memory', `max by (instance) (process_resident_memory_bytes{${of}} and on (instance) pgtopo_build_info{${of}})`),
    now('started', `1000 * max by (instance) (process_start_time_seconds{${of}} and on (instance) pgtopo_build_info{${of}})`),
  ],
  [{ id: 'joinByField', options: { byField: 'instance', mode: 'outer' } }, ...sorted(['Value #up', false], ['Value #age', true]),
    ...shown([['instance', 'Agent'], ['Value #up', 'Scraped'], ['Value #age', 'Snapshot'], ['Value #cycle', 'Cycle'], ['Value #clusters', 'Clusters'], ['Value #instances', 'Instances'],
      ['Value #memory', 'Memory'], ['Value #settings', 'Settings'], ['Value #started', 'Started'], ['version', 'Version']], 'Scraped')],
  [
    column('Agent', rest),
    column('Scraped', 75, tinted({ 1: ['yes', color.good], 0: ['no', color.bad] })),
    column('Snapshot', 80, { unit: 's', 'custom.cellOptions': { type: 'color-text' }, thresholds: steps([0, color.good], [30, color.minor], [60, color.bad]) }),
    column('Cycle', 65, { unit: 's' }),
    column('Clusters', 75, { decimals: 0 }),
    column('Instances', 85, { decimals: 0 }),
    column('Memory', 75, { unit: 'bytes' }),
    column('Settings', 118, { unit: 'dateTimeFromNow' }),
    column('Started', 118, { unit: 'dateTimeFromNow' }),
    column('Version', 140),
  ], 'Prometheus scrapes no agent');

const cycles = [
  lines(8, 'Cycle time', 'How long the last cycle took. One that takes as long as the interval makes the next one late.', [8, 8],
    [over('A', `max by (instance) (pgtopo_last_cycle_duration_seconds{${of}})`, '{{instance}}')], { unit: 's', min: 0 }),
  lines(9, 'Age of the snapshot', 'The highest age at a scrape in the last ten minutes, since each scrape meets another moment of a cycle. It stays below one interval and a cycle; if it rises, the agent has stopped polling.', [8, 8],
    [over('A', `max by (instance) (max_over_time((timestamp(pgtopo_snapshot_timestamp_seconds{${of}}) - pgtopo_snapshot_timestamp_seconds{${of}})[10m:15s]))`, '{{instance}}')],
    { unit: 's', min: 0 }),
  lines(10, 'Cycles', 'Cycles that ended, per second.', [8, 8],
    [over('A', `sum by (instance) (rate(pgtopo_cycles_total{${of}}[$__rate_interval]))`, '{{instance}}')], { unit: 'ops', min: 0 }),
];

const failures = [
  lines(11, 'Failed polls', 'By reason. The runbook of instance_unreachable explains each reason.', [6, 8],
    [over('A', grown('pgtopo_poll_failures_total', 'instance, reason') + ' > 0', '{{reason}} {{instance}}')], { min: 0, decimals: 0 }),
  lines(12, 'Rejected requests', 'HTTP requests that were rejected, by reason: host, method, body, forbidden, media_type, rate_limit, unauthorized, busy.', [6, 8],
    [over('A', grown('pgtopo_http_requests_rejected_total', 'instance, reason') + ' > 0', '{{reason}} {{instance}}')], { min: 0, decimals: 0 }),
  lines(13, 'Failures of pgtopo itself', 'Cycles that failed, snapshots that could not be rendered, state that could not be written.', [6, 8],
    [over('cycles', grown('pgtopo_cycle_failures_total'), 'cycles {{instance}}'), over('scrapes', grown('pgtopo_render_failures_total'), 'scrapes {{instance}}'),
      over('states', grown('pgtopo_state_write_failures_total'), 'states {{instance}}')], { min: 0, decimals: 0 }),
  lines(18, 'Changes', 'Changes seen by the agent, by kind; /api/v1/changes lists them.', [6, 8],
    [over('A', grown('pgtopo_changes_total', 'instance, kind') + ' > 0', '{{kind}} {{instance}}')], { min: 0, decimals: 0 }),
];

const cost = [
  lines(14, 'Scrape time', 'As measured by Prometheus. A scrape polls no server.', [6, 8],
    [over('A', `max by (instance) (scrape_duration_seconds{${of}} and on (job, instance) pgtopo_build_info{${of}})`, '{{instance}}')], { unit: 's', min: 0 }),
  lines(15, 'Samples in a scrape', 'docs/metrics.md says how many to expect.', [6, 8],
    [over('A', `max by (instance) (scrape_samples_scraped{${of}} and on (job, instance) pgtopo_build_info{${of}})`, '{{instance}}')], { unit: 'short', min: 0 }),
  lines(16, 'Memory', 'Resident memory of the process, and the heap that the JVM uses.', [6, 8],
    [over('resident', `max by (instance) (process_resident_memory_bytes{${of}} and on (job, instance) pgtopo_build_info{${of}})`, 'resident {{instance}}'),
      over('heap', `sum by (instance) (jvm_memory_used_bytes{${of}, area="heap"})`, 'heap {{instance}}')], { unit: 'bytes', min: 0 }),
  lines(17, 'CPU', 'CPU time that the agent uses per second; 100 % is one core.', [6, 8],
    [over('A', `max by (instance) (rate(process_cpu_seconds_total{${of}}[$__rate_interval]) and on (job, instance) pgtopo_build_info{${of}})`, '{{instance}}')], { unit: 'percentunit', min: 0 }),
];

export default dashboard('agent', 'Agent', 'The agents themselves: whether they poll, how long a cycle takes, what fails, and what it costs.',
  [source, variable.job, variable.agents], [first, [each], cycles, failures, cost]);
