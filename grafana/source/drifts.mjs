// The table of open drifts: what is wrong, where, and since when.
import { column, now, severity, shown, sorted, table, tinted, toCluster, toInstance, toRunbook } from './parts.mjs';
import { drifts, since } from './queries.mjs';

export function driftTable(id, size, of) {
  return table(id, 'What is wrong, where, since when',
    'All open drifts, worst first. Pending: seen, but not yet for the time of the hysteresis. The kind links to its runbook. The evidence is in'
    + ' `pgtopo diff --agent URL` and in /api/v1/drift of an agent. Empty: none is reported. This covers only clusters that are watched and kinds that could be evaluated.',
    size,
    [now('severity', drifts(of)), now('since', since(of))],
    [
      { id: 'merge', options: {} },
      ...sorted(['Value #since', false], ['Value #severity', true]),
      ...shown([['Value #severity', 'Severity'], ['cls', 'Cluster'], ['ins', 'Instance'], ['part', 'Part'], ['kind', 'Kind'],
        ['state', 'State'], ['Value #since', 'Since']]),
    ],
    [
      column('Severity', { ...tinted(severity), 'custom.width': 100 }),
      column('Cluster', { links: [toCluster('${__value.text}')] }),
      column('Instance', { links: [toInstance('${__data.fields.Cluster}', '${__value.text}')] }),
      column('Kind', { links: [toRunbook] }),
      column('Since', { unit: 'dateTimeFromNow' }),
    ],
    'No open drift is reported. The panels above show whether agents poll.');
}
