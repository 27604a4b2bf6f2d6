// The table that answers what is wrong, where, and since when.
import { column, now, severity, shown, sorted, table, tinted, toCluster, toInstance, toRunbook } from './parts.mjs';
import { drifts, since } from './queries.mjs';

export function driftTable(id, size, of) {
  return table(id, 'What is wrong, where, since when',
    'Every open drift, the worst first. Pending: seen, and not yet for as long as the hysteresis asks. The kind links to its runbook; the proof is what'
    + ' `pgtopo diff --agent URL` prints, and /api/v1/drift of an agent. Empty: none is reported, which means something only of what is watched and could be judged.',
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
    'No open drift is reported. Whether anybody looks stands above.');
}
