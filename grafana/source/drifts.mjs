// The table of open drifts: what is wrong, where, and since when.
import { column, now, rest, severity, shown, sorted, table, tinted, toCluster, toRunbook } from './parts.mjs';
import { driftRows, since } from './queries.mjs';

// Of a fleet, a cluster or an instance; `cluster` selects the clusters that it is of.
export function driftTable(id, size, of, cluster, toWhere) {
  const all = of === cluster ? of : `${cluster}, ins=""`;
  const both = (query) => (of === cluster ? query(of) : `${query(of)} or ${query(all)}`);
  return table(id, 'What is wrong, where, since when',
    'All open drifts, worst first. Pending: seen, but not yet for the time of the hysteresis. The kind links to its runbook. The evidence is in'
    + ' `pgtopo diff --agent URL` and in /api/v1/drift of an agent. Unknown: no agent watches the cluster. Empty: none is reported. This covers only kinds that could be evaluated.',
    size,
    [now('severity', both((some) => driftRows(some, cluster))), now('since', both(since))],
    [
      { id: 'merge', options: {} },
      ...sorted(['Value #since', false], ['Value #severity', true]),
      ...shown([['Value #severity', 'Severity'], ['kind', 'Kind'], ['cls', 'Cluster'], ['ins', 'Instance'], ['Value #since', 'Since'],
        ['state', 'State'], ['part', 'Part'], ['concerns', 'Concerns']], 'Severity'),
    ],
    [
      column('Severity', 75, tinted(severity)),
      column('Kind', 190, { links: [toRunbook] }),
      column('Cluster', 110, { links: [toCluster] }),
      column('Instance', 145, { noValue: 'whole cluster', links: [toWhere] }),
      column('Since', 120, { unit: 'dateTimeFromNow' }),
      column('State', 100),
      column('Part', 115),
      column('Concerns', rest),
    ],
    'No open drift is reported. The tiles above show whether agents poll.');
}
