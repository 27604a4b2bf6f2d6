// The two frames of the node graph. Everything that it shows is a label, and so a field with a real name in lower case: count_values turns numbers
// into labels. Only some releases of Grafana read renamed or computed fields.
import { color, to } from './parts.mjs';
import { several } from './queries.mjs';

const by = (labels, expr) => `max by (${labels}) (${expr})`;
const set = (label, value, expr) => `label_replace(${expr}, "${label}", "${value}", "", "")`;
// Only of series whose label matches.
const copy = (from, label, value, expr, like = '(.+)') => `label_replace(${expr}, "${label}", "${value}", "${from}", "${like}")`;
// For each key the first expression that has it.
const first = (key, ...exprs) => exprs.join(`\n or on (${key}) `);
const with_ = (key, expr, ...columns) => columns.reduce((all, [labels, ...values]) => `${all}\n * on (${key}) group_left (${labels}) (${first(key, ...values)})`, expr);

// Shown if no link is seen or declared: Grafana rejects an empty edges frame.
const NO_LINK = 'no link seen';

const ends = 'upstream, downstream';

// What a ring means, and the names of fields in the legend and the menu.
export const rings = {
  arc__primary: color.good, arc__replica: color.quiet, arc__warning: color.bad, arc__critical: color.critical, arc__outsider: color.minor, arc__unknown: color.unknown,
};
export const names = {
  mainstat: 'Role', secondarystat: 'State', detail__proof: 'Reported by', arc__primary: 'in production', arc__replica: 'in recovery', arc__warning: 'firing warning',
  arc__critical: 'critical drift, or one of several primaries', arc__outsider: 'not a member', arc__unknown: 'unknown',
};
// To the instance, or to the cluster if the node is no declared instance.
export const toNode = {
  ...to('', 'Open ${__value.raw}', ''),
  url: to('${__data.fields.opens}', '', '&var-cls=${cls}&var-ins=${__value.raw}').url,
};

// Dashes of a link that does not stream, and of one of which that is unknown.
const DEAD = '8 6';
const UNKNOWN = '2 5';

export function edges(of) {
  const links = by(ends, `pgtopo_replication_link{${of}}`);
  const lag = `count_values by (${ends}) ("mainstat", round(${by(ends, `pgtopo_replication_replay_lag_bytes{${of}}`)} / 1048576, 0.1))`;
  const looks = (text, tone, dashes, expr) => set('strokedasharray', dashes, set('color', tone, set('secondarystat', text, expr)));
  const stream = (value) => `min by (${ends}) (pgtopo_replication_link_streaming{${of}}) == ${value}`;
  const silent = (side) => `${links} and on (${side}) ${copy('ins', side, '$1', by('ins', `pgtopo_up{${of}}`) + ' == 0')}`;
  const seen = with_(ends, links,
    ['mainstat', copy('mainstat', 'mainstat', '$1 MiB behind', lag), set('mainstat', 'lag unknown', links)],
    ['secondarystat, color, strokedasharray', looks('streaming', color.good, '', stream(1)), looks('not streaming', color.bad, DEAD, stream(0)),
      looks('upstream silent', color.bad, DEAD, silent('upstream')), looks('downstream silent', color.bad, DEAD, silent('downstream')),
      looks('unknown', color.unknown, UNKNOWN, links)],
    ['detail__proof', set('detail__proof', 'both ends', by(ends, `pgtopo_replication_link{${of}, grade="both_ends"}`)),
      set('detail__proof', 'the downstream only', by(ends, `pgtopo_replication_link{${of}, grade="downstream_only"}`)), set('detail__proof', 'the upstream only', links)]);
  // A declared link is drawn if the downstream is not streaming and should be.
  const writes = copy('ins', 'downstream', '$1', `pgtopo_instance_role{${of}, role="primary"} == 1`);
  const missing = set('detail__proof', 'the inventory', set('mainstat', 'declared',
    `${by(ends, `pgtopo_replication_link_declared{${of}}`)} unless on (downstream) ${links} unless on (downstream) ${writes}`));
  const absent = `${missing} and on (${ends}) pgtopo_replication_link_connected{${of}} == 0`;
  const declared = first(ends, looks('not connected', color.bad, DEAD, absent), looks('unknown', color.unknown, UNKNOWN, missing));
  const nothing = set('color', 'transparent', set('upstream', NO_LINK, by('downstream', copy('ins', 'downstream', '$1', `topk(1, pgtopo_up{${of}})`))));
  const all = `${first(ends, seen, declared)}\n or on () ${nothing}`;
  return `label_join(${copy('downstream', 'target', '$1', copy('upstream', 'source', '$1', all))}, "id", " to ", "source", "target")`;
}

export function nodes(of) {
  // A known role outweighs an unknown one.
  const role = `topk by (ins) (1, ${by('ins, role', `3 * pgtopo_instance_role{${of}, role="primary"} or 2 * pgtopo_instance_role{${of}, role="replica"} or pgtopo_instance_role{${of}, role="unknown"}`)})`;
  const member = by('ins', `pgtopo_instance_role{${of}}`);
  const declared = `topk by (ins) (1, ${by('ins, subtitle', copy('role', 'subtitle', 'declared $1', `pgtopo_instance_declared_role{${of}} == 1`))})`;
  const timeline = `count_values by (ins) ("secondarystat", ${by('ins', `pgtopo_timeline_id{${of}}`)})`;
  const firing = (more) => by('ins', `pgtopo_drift{${of}, ins!="", state="firing", ${more}} == 1`);
  const torn = `${by('ins', `pgtopo_instance_role{${of}, role="primary"} == 1`)} and on () (${several(of)})`;
  const silent = `${by('ins', `pgtopo_up{${of}}`)} == 0`;
  const members = with_('ins', role,
    ['subtitle', declared, set('subtitle', 'no declared role', member)],
    ['secondarystat', set('secondarystat', 'split brain', torn), set('secondarystat', 'no answer', silent), set('secondarystat', 'not streaming', firing('kind="replica_detached"')),
      copy('secondarystat', 'secondarystat', 'timeline $1', timeline), set('secondarystat', 'unknown', member)],
    ['ring', set('ring', 'critical', torn), set('ring', 'critical', firing('severity="critical"')), set('ring', 'warning', firing('severity="warning"')), copy('role', 'ring', '$1', role)]);
  // Every end of a link, so that no edge lacks a node.
  const link = `pgtopo_replication_link{${of}} or pgtopo_replication_link_declared{${of}}`;
  const end = (side) => copy(side, 'ins', '$1', `(${link})`);
  const outsiders = set('ring', 'outsider', set('role', 'not a member', by('ins', `${end('upstream')} or ${end('downstream')}`)));
  const placeholder = set('ring', 'unknown', set('role', 'placeholder', set('ins', NO_LINK, `max(pgtopo_up{${of}}) unless on () (${link})`)));
  const all = copy('role', 'mainstat', '$1', copy('ins', 'title', '$1', copy('ins', 'id', '$1',
    first('ins', set('opens', 'instance', members), set('opens', 'cluster', outsiders), set('opens', 'cluster', placeholder)))));
  return Object.keys(rings).reduce((expr, arc) => copy('ring', arc, '1', expr, arc.replace('arc__', '')), all);
}
