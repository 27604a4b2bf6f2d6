// Queries that several dashboards share. Each merges the reports of several agents.

const worst = (family, codes, of, by) =>
  `max by (${by}) (` + Object.entries(codes).map(([state, code]) => `${code} * ${family}{${of}, state="${state}"}`).join(' or ') + ')';

// 1 healthy to 6 missing; a known value outweighs an unknown one.
export function health(of) {
  const known = { missing: 6, degraded: 5, progressing: 3, suspended: 2, healthy: 1 };
  return `${worst('pgtopo_cluster_health', known, of, 'cls')} > 0`
    + ` or on (cls) ${worst('pgtopo_cluster_health', { unknown: 4 }, of, 'cls')} > 0`;
}

// And 7 for a cluster that was watched in the selected time range and is no longer: missing data must not look healthy.
export const healthOrUnwatched = (of) =>
  `${health(of)} or on (cls) 7 + 0 * max by (cls) (last_over_time(pgtopo_cluster_health{${of}}[$__range]))`;

export function sync(of) {
  return `${worst('pgtopo_cluster_sync', { drifted: 3, in_sync: 1 }, of, 'cls')} > 0`
    + ` or on (cls) ${worst('pgtopo_cluster_sync', { unknown: 2 }, of, 'cls')} > 0`;
}

// 3 primary, 2 replica, 1 unknown.
export const role = (of, by, at = '') =>
  `max by (${by}) (` + Object.entries({ primary: 3, replica: 2, unknown: 1 }).map(([is, code]) => `${code} * pgtopo_instance_role{${of}, role="${is}"}${at}`).join(' or ') + ')';

// Split brain: more than one, also if only one agent sees them.
export const several = (of) => `max(pgtopo_cluster_primaries{${of}}) > 1`;

// The role with 20 added if it is one of several primaries of the cluster, and 10 if it is not the declared one.
export const judgedRole = (of, cluster) =>
  `20 + (${role(of, 'ins')} == 3) and on () (${several(cluster)})`
  + ` or on (ins) 10 + ${role(of, 'ins')} and on (ins) (max by (ins) (pgtopo_drift{${of}, kind="role_mismatch"}) == 1)`
  + ` or on (ins) ${role(of, 'ins')}`;

// 5 primary to 1 delayed.
export const declaredRole = (of) =>
  'max by (ins) (' + Object.entries({ primary: 5, replica: 4, offline: 3, standby: 2, delayed: 1 })
    .map(([is, code]) => `${code} * pgtopo_instance_declared_role{${of}, role="${is}"}`).join(' or ') + ')';

const subject = 'cls, ins, part, kind';

// The dashboard that a row leads to, in the label `concerns`: what is declared as an instance has one of its own.
const concerning = (of, expr) =>
  `label_replace((${expr}) and on (cls, ins) pgtopo_instance_declared_role{${of}}, "concerns", "instance", "", "")`
  + ` or on (${subject}) label_replace(${expr}, "concerns", "cluster", "", "")`;

const rated = (of, state) =>
  `max by (${subject}, state) (3 * pgtopo_drift{${of}, severity="critical", state="${state}"}`
  + ` or 2 * pgtopo_drift{${of}, severity="warning", state="${state}"}`
  + ` or 1 * pgtopo_drift{${of}, severity="info", state="${state}"}) > 0`;

// Open drifts, 3 critical, 2 warning, 1 info; one that fires for any agent fires.
export const drifts = (of) => `${rated(of, 'firing')} or on (${subject}) ${rated(of, 'pending')}`;

// With the dashboard that each leads to, and 0 for a cluster that was watched in the selected time range and is no longer.
export const driftRows = (of, cluster) =>
  `${concerning(cluster, drifts(of))} or on (${subject}) label_replace(label_replace(`
  + `0 * max by (cls) (last_over_time(pgtopo_cluster_health{${cluster}}[$__range])) unless on (cls) pgtopo_cluster_health{${cluster}}`
  + ', "state", "not watched", "", ""), "concerns", "cluster", "", "")';

// Since when each drift is open, in milliseconds; the earliest time of all agents.
export const since = (of) =>
  `1000 * min by (${subject}) (pgtopo_drift_since_timestamp_seconds{${of}}) and on (${subject}) pgtopo_drift{${of}} == 1`;

// Firing drifts, each counted once; 0 only if a cluster is watched.
export const firing = (of, severity) =>
  `count(max by (${subject}) (pgtopo_drift{${of}, severity="${severity}", state="firing"} == 1))`
  + ` or 0 * count(pgtopo_cluster_health{${of}})`;

// What no agent could evaluate. If one agent evaluated the kind for the whole cluster, the others do not matter.
export const unevaluated = (of) =>
  `max by (cls, ins, part, kind) (label_replace(pgtopo_drift_unverifiable{${of}} == 1, "kind", "$1", "about", "(.+)"))`
  + ` unless on (cls, kind) pgtopo_drift_evaluable{${of}} == 1`;

export const unevaluatedRows = (of) => concerning(of, unevaluated(of));

// Drifts that do not count, because of the policy or of maintenance.
export const quietRows = (of) => concerning(of, `max by (${subject}, state) (pgtopo_drift{${of}, state=~"ignored|suspended"} == 0)`);

// The targets of the agents' jobs, up or not.
export const agents = (of) => `(up{${of}} and on (job) last_over_time(pgtopo_build_info{${of}}[$__range]))`;

// Those that cannot be scraped, whose last cycle ended more than a minute ago, or that have ended none.
export const idleAgents = (of) => `${agents(of)} unless on (job, instance) time() - pgtopo_snapshot_timestamp_seconds{${of}} <= 60`;

// The instances of each service with their weights, and services without instances.
export function services(of) {
  const service = `topk by (cls, svc) (1, max by (cls, svc, port, destination) (pgtopo_service_info{${of}}))`;
  return `max by (cls, svc, ins, use) (pgtopo_service_declared_weight{${of}}) * on (cls, svc) group_left (port, destination) (${service})`
    + ` or on (cls, svc) 0 * (${service})`;
}

// Whether each instance of a service should get connections, and -1 where that is unknown.
export const expected = (of) =>
  `max by (cls, svc, ins, use) (pgtopo_service_expected{${of}}) or on (cls, svc, ins, use) 0 * max by (cls, svc, ins, use) (pgtopo_service_declared_weight{${of}}) - 1`
  + ` or on (cls, svc) 0 * max by (cls, svc) (pgtopo_service_info{${of}}) - 1`;

// Whether each address of a service leads to a server, and -1 for a service of which no address is dialled.
export const addresses = (of) =>
  `max by (svc, address) (pgtopo_service_address_up{${of}}) or on (svc) 0 * max by (svc) (pgtopo_service_info{${of}}) - 1`;

// Whether the load balancer of each node sends connections to an instance, and -1 for a service of which none is read.
export const serving = (of) =>
  `max by (svc, ins, node) (pgtopo_service_serving{${of}}) or on (svc) 0 * max by (svc) (pgtopo_service_info{${of}}) - 1`;

// The role that Patroni reports of the server of each instance, and unknown where it is silent or not read.
export const believed = (of) =>
  `max by (ins, role) (pgtopo_manager_role{${of}} == 1) or on (ins) label_replace(max by (ins) (pgtopo_up{${of}}), "role", "unknown", "", "")`;

// Whether the Patroni of each instance answers, and -1 where it is not read.
export const managers = (of) => `max by (ins) (pgtopo_manager_up{${of}}) or on (ins) 0 * max by (ins) (pgtopo_up{${of}}) - 1`;

// The name of the instance in production, in the label `primary`; or what is known of there being none.
export function primaries(of) {
  const primary = `max by (ins) (pgtopo_instance_role{${of}, role="primary"} == 1)`;
  const text = (value, expr, from = '') => `label_replace(${expr}, "primary", "${value}", "${from}", "${from && '(.+)'}")`;
  return `${text('$1 (split brain)', `${primary} and on () (${several(of)})`, 'ins')} or on (ins) ${text('$1', primary, 'ins')}`
    + ` or on () ${text('none', `max(pgtopo_cluster_primaries{${of}}) == 0`)} or on () ${text('none seen', `0 * max(pgtopo_cluster_health{${of}})`)}`;
}

// How many of the declared instances answer an agent, as `3 of 4` in the label `answering`.
export const answering = (of) =>
  `label_join(count_values("up", count(max by (ins) (pgtopo_up{${of}}) == 1) or 0 * count(pgtopo_up{${of}}))`
  + ` * on () group_left (all) count_values("all", max(pgtopo_cluster_instances{${of}, state="declared"})), "answering", " of ", "up", "all")`;

// Why an instance does not answer, in the label `reason`.
export const reasons = (of) =>
  `max by (reason) (pgtopo_last_poll_failure{${of}} == 1) or on () label_replace(max(pgtopo_up{${of}}) == 1, "reason", "none: it answers", "", "")`;

// Whether each instance that is not the primary could replace it: 1, 0, or -1 if that is unknown.
export const safe = (of, how) => `max by (candidate) (pgtopo_${how}_safe{${of}})
or max by (candidate) (label_replace(pgtopo_instance_role{${of}, role="primary"} == 0, "candidate", "$1", "ins", "(.+)")) - 1`;

// Each effect of the loss of each node, and -1 for a node of which none is known.
export const losses = (of) => `min by (node, effect) (pgtopo_node_loss_safe{${of}})
or label_replace(
  0 * max by (node) (label_replace(pgtopo_up{${of}}, "node", "$1", "ip", "(.+)")) - 1
    unless on (node) pgtopo_node_loss_safe{${of}},
  "effect", "unknown", "", ""
)`;
