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

const subject = 'cls, ins, part, kind';

const rated = (of, state) =>
  `max by (${subject}, state) (3 * pgtopo_drift{${of}, severity="critical", state="${state}"}`
  + ` or 2 * pgtopo_drift{${of}, severity="warning", state="${state}"}`
  + ` or 1 * pgtopo_drift{${of}, severity="info", state="${state}"}) > 0`;

// Open drifts, 3 critical, 2 warning, 1 info; one that fires for any agent fires.
export const drifts = (of) => `${rated(of, 'firing')} or on (${subject}) ${rated(of, 'pending')}`;

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

// The targets of the agents' jobs, up or not.
export const agents = (of) => `(up{${of}} and on (job) last_over_time(pgtopo_build_info{${of}}[$__range]))`;


// The instances of each service with their weights, and services without instances.
export function services(of) {
  const service = `topk by (cls, svc) (1, max by (cls, svc, port, destination) (pgtopo_service_info{${of}}))`;
  return `max by (cls, svc, ins, use) (pgtopo_service_declared_weight{${of}}) * on (cls, svc) group_left (port, destination) (${service})`
    + ` or on (cls, svc) 0 * (${service})`;
}
