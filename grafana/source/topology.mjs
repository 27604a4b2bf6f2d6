// The two frames of the node graph. Everything that it shows is a label, and so a field with a real name in lower case: count_values turns numbers
// into labels. Only some releases of Grafana read renamed or computed fields.
import { color } from './parts.mjs';

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

export function edges(of) {
  const links = by(ends, `pgtopo_replication_link{${of}}`);
  const lag = `count_values by (${ends}) ("mainstat", round(${by(ends, `pgtopo_replication_replay_lag_bytes{${of}}`)} / 1048576, 0.1))`;
  const stream = (value, text, tone) =>
    set('color', tone, set('secondarystat', text, `min by (${ends}) (pgtopo_replication_link_streaming{${of}}) == ${value}`));
  const seen = with_(ends, links,
    ['mainstat', copy('mainstat', 'mainstat', '$1 MiB behind', lag), set('mainstat', 'lag unknown', links)],
    ['secondarystat, color', stream(1, 'streaming', color.good), stream(0, 'not streaming', color.bad), set('color', color.unknown, set('secondarystat', 'unknown', links))],
    ['detail__proof', set('detail__proof', 'reported by both ends', by(ends, `pgtopo_replication_link{${of}, grade="both_ends"}`)), set('detail__proof', 'reported by one end', links)]);
  // A declared link is drawn if the downstream is not streaming and should be.
  const writes = copy('ins', 'downstream', '$1', `pgtopo_instance_role{${of}, role="primary"} == 1`);
  const missing = set('detail__proof', 'the inventory', set('mainstat', 'declared',
    `${by(ends, `pgtopo_replication_link_declared{${of}}`)} unless on (downstream) ${links} unless on (downstream) ${writes}`));
  const absent = `${missing} and on (${ends}) pgtopo_replication_link_connected{${of}} == 0`;
  const declared = first(ends, set('color', color.bad, set('secondarystat', 'not connected', absent)), set('color', color.unknown, set('secondarystat', 'unknown', missing)));
  const nothing = set('color', 'transparent', set('upstream', NO_LINK, by('downstream', copy('ins', 'downstream', '$1', `topk(1, pgtopo_up{${of}})`))));
  const all = `${first(ends, seen, declared)}\n or on () ${nothing}`;
  return `label_join(${copy('downstream', 'target', '$1', copy('upstream', 'source', '$1', all))}, "id", " to ", "source", "target")`;
}

export function nodes(of) {
  // A known role outweighs an unknown one.
  const role = `topk by (ins) (1, ${by('ins, role', `3 * pgtopo_instance_role{${of}, role="primary"} or 2 * pgtopo_instance_role{${of}, role="replica"} or pgtopo_instance_role{${of}, role="unknown"}`)})`;
  const member = by('ins', `pgtopo_up{${of}}`);
  const declared = `topk by (ins) (1, ${by('ins, subtitle', copy('role', 'subtitle', 'declared $1', `pgtopo_instance_declared_role{${of}} == 1`))})`;
  const timeline = `count_values by (ins) ("secondarystat", ${by('ins', `pgtopo_timeline_id{${of}}`)})`;
  const drift = (severity, tone) => set('color', tone, by('ins', `pgtopo_drift{${of}, ins!="", severity="${severity}", state="firing"} == 1`));
  const torn = set('color', color.critical, by('ins', `pgtopo_instance_role{${of}, role="primary"} == 1 and on (cls) pgtopo_drift{${of}, kind="multiple_primaries", state="firing"} == 1`));
  const toned = Object.entries({ primary: color.good, replica: color.quiet, unknown: color.unknown })
    .reduce((expr, [is, tone]) => copy('role', 'color', tone, expr, is), role);
  const members = with_('ins', role,
    ['subtitle', declared, set('subtitle', 'no declared role', member)],
    ['secondarystat', copy('secondarystat', 'secondarystat', 'timeline $1', timeline), set('secondarystat', 'timeline unknown', member)],
    ['color', torn, drift('critical', color.critical), drift('warning', color.bad), toned]);
  // Every end of a link, so that no edge lacks a node.
  const link = `pgtopo_replication_link{${of}} or pgtopo_replication_link_declared{${of}}`;
  const end = (side) => copy(side, 'ins', '$1', `(${link})`);
  const outsiders = set('color', color.minor, set('role', 'not a member', by('ins', `${end('upstream')} or ${end('downstream')}`)));
  const placeholder = set('color', color.unknown, set('role', 'placeholder', set('ins', NO_LINK, `max(pgtopo_up{${of}}) unless on () (${link})`)));
  return copy('role', 'mainstat', '$1', copy('ins', 'title', '$1', copy('ins', 'id', '$1', first('ins', members, outsiders, placeholder))));
}
