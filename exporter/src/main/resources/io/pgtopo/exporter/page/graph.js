// A cluster as a graph: its servers, who receives WAL from whom, and where each stands. It knows nothing of drawing.

import { natural, timelineOf } from './format.js';

const PRIMARY = 'primary';

/** What HA managers believe of a member, where the agent found it to differ from what PostgreSQL reports. */
function beliefOf(name, drifts) {
  const drift = drifts.find(it => it.kind === 'manager_disagrees' && it.ins === name && it.state !== 'flapping');
  return drift ? drift.live.split('; PostgreSQL ')[0] : null;
}

/** @param cluster of the topology of the API; @param drifts of this cluster, open or suspended */
export function graphOf(cluster, drifts) {
  const nodes = new Map();
  const byName = new Map();
  const add = node => {
    nodes.set(node.id, node);
    if (!byName.has(node.name)) byName.set(node.name, node);
    return node;
  };
  for (const it of cluster.instances) {
    add({ ...it, id: it.address, kind: 'member', drifts: drifts.filter(d => d.ins === it.name), belief: beliefOf(it.name, drifts) });
  }
  for (const it of cluster.undeclared) {
    add({ ...it, id: it.address ?? it.name, kind: 'undeclared', drifts: drifts.filter(d => d.ins === it.name) });
  }
  const end = (name, report) => {
    const known = (report?.kind !== 'unidentified' && nodes.get(report?.address)) || byName.get(name);
    return known ?? add({
      id: report?.kind === 'unidentified' ? `? ${name}` : report?.address ?? name,
      name, address: report?.address ?? null, kind: report?.kind ?? 'unidentified',
      role: 'unknown', reachable: null, drifts: [], announced: report?.applicationName ?? null,
      inCluster: report?.kind === 'other_cluster' ? name.replace(/-\d+$/, '') : null,
    });
  };
  const edges = cluster.links.map(link => ({
    from: end(link.upstream, link.upstreamEnd).id,
    to: end(link.downstream, link.downstreamEnd).id,
    grade: link.grade === 'both_ends' ? 'both' : 'one',
    link,
  }));
  for (const it of cluster.unprovenLinks ?? []) {
    const from = byName.get(it.upstream);
    const to = byName.get(it.downstream);
    if (from && to) edges.push({ from: from.id, to: to.id, grade: 'unproven', unproven: it });
  }
  declaredEdges(cluster, byName, edges);
  logicalEdges(cluster, edges, (name, kind, inCluster) => byName.get(name) ?? add({
    id: name, name, address: null, kind, inCluster, isLogical: true, role: 'unknown', reachable: null, drifts: [],
  }));
  const sides = drifts.flatMap(drift => drift.sides ?? []);
  sides.forEach(side => {
    const node = byName.get(side.name);
    if (node) Object.assign(node, { side, sides: sides.length });
  });
  const forks = forksOf(sides, byName);
  return place({ nodes: [...nodes.values()], edges, forks });
}

/** The declared links that no live one confirms. */
function declaredEdges(cluster, byName, edges) {
  const lead = cluster.instances.find(it => it.declaredRole === PRIMARY);
  for (const it of cluster.instances) {
    const declared = it.declaredUpstream === 'cluster leader' ? lead : byName.get(it.declaredUpstream);
    const leads = it.role === PRIMARY && it.declaredUpstream === 'cluster leader' && lead && lead.role !== PRIMARY;
    if (!declared || declared.name === it.name || leads) continue;
    const isCurrent = it.declaredUpstream === 'cluster leader' && cluster.primaries.length === 1
      && edges.some(edge => edge.to === it.address && byName.get(cluster.primaries[0])?.address === edge.from);
    if (isCurrent || edges.some(edge => edge.from === declared.address && edge.to === it.address)) continue;
    edges.push({ from: declared.address, to: it.address, grade: 'declared' });
  }
}

/** One edge for all logical links between two servers, or from a server to a client that is no known one. */
function logicalEdges(cluster, edges, end) {
  const byEnds = new Map();
  for (const it of cluster.logicalLinks ?? []) {
    const receiver = it.subscriber ?? it.client;
    if (!it.publisher || !receiver) continue;
    const from = end(it.publisher, it.publisherCluster ? 'other_cluster' : 'unidentified', it.publisherCluster);
    const to = end(receiver, !it.subscriber ? 'consumer' : it.subscriberCluster ? 'other_cluster' : 'unidentified', it.subscriberCluster);
    const key = JSON.stringify([from.id, to.id]);
    if (!byEnds.has(key)) byEnds.set(key, { from: from.id, to: to.id, grade: 'logical', logical: [] });
    byEnds.get(key).logical.push(it);
  }
  edges.push(...byEnds.values());
}

/** Where the timelines of several primaries part. */
function forksOf(sides, byName) {
  const newest = sides.find(side => side.relation === null);
  return sides.filter(side => side.relation !== null && newest).map(side => ({
    older: byName.get(side.name)?.id,
    newer: byName.get(newest.name)?.id,
    relation: side.relation,
    at: newest.promotedAt,
    olderTimeline: side.timeline,
    newerTimeline: newest.timeline,
  })).filter(fork => fork.older && fork.newer);
}

const RANK = { both: 0, one: 1, unproven: 2, declared: 3, logical: 4 };

/** Gives each server a depth and a row: below the one that it receives WAL from, in order of the names. */
function place(graph) {
  const byId = new Map(graph.nodes.map(node => [node.id, node]));
  const parents = new Map();
  for (const edge of [...graph.edges].sort((a, b) => RANK[a.grade] - RANK[b.grade])) {
    const isLive = edge.grade === 'both' || edge.grade === 'one' || edge.grade === 'logical';
    // A primary receives nothing; what is declared of it is drawn beside the tree.
    if (!isLive && byId.get(edge.to).role === PRIMARY) continue;
    if (!parents.has(edge.to) && edge.from !== edge.to) parents.set(edge.to, edge);
  }
  cut(graph.nodes, parents);
  graph.edges.forEach(edge => { edge.inTree = parents.get(edge.to) === edge; });
  const children = new Map(graph.nodes.map(node => [node.id, []]));
  const roots = [];
  for (const node of graph.nodes) {
    const edge = parents.get(node.id);
    if (edge) children.get(edge.from).push(node);
    else roots.push(node);
  }
  // Those that send to the cluster stand above it, those that receive from it below its members.
  const isAbove = node => node.isLogical && parents.has(node.id) ? 2 : node.kind === 'other_cluster' ? 0 : 1;
  const inOrder = list => list.sort((a, b) => isAbove(a) - isAbove(b) || natural(a.name, b.name));
  let line = 0;
  const visit = (node, depth) => {
    node.depth = depth;
    node.line = line++;
    node.children = inOrder(children.get(node.id));
    node.children.forEach(child => visit(child, depth + 1));
  };
  graph.roots = inOrder(roots);
  graph.roots.forEach(root => visit(root, 0));
  graph.depth = Math.max(0, ...graph.nodes.map(node => node.depth));
  graph.nodes.sort((a, b) => a.line - b.line);
  return graph;
}

/** Links that form a circle are cut where the first name is. */
function cut(nodes, parents) {
  for (const start of [...nodes].sort((a, b) => natural(a.name, b.name))) {
    const seen = new Set();
    let id = start.id;
    while (parents.has(id) && !seen.has(id)) {
      seen.add(id);
      id = parents.get(id).from;
    }
    if (parents.has(id)) parents.delete(start.id === id || seen.has(start.id) && onCircle(start.id, parents) ? start.id : id);
  }
}

function onCircle(id, parents) {
  let at = parents.get(id)?.from;
  for (let steps = parents.size; steps > 0 && at !== undefined; steps--) {
    if (at === id) return true;
    at = parents.get(at)?.from;
  }
  return false;
}

/** Of a server of another cluster only that cluster tells it. */
export function roleName(node) {
  if (node.kind === 'consumer') return 'client';
  return node.kind === 'other_cluster' && node.role === 'unknown' ? `see cluster ${node.inCluster ?? ''}`.trim() : node.role;
}

/** In one line, for those who do not see the picture. */
export function describe(node) {
  const parts = [node.name, node.kind === 'member' ? '' : node.kind.replaceAll('_', ' ')];
  if (node.reachable === false && node.kind === 'member') parts.push(`does not answer (${node.failure?.kind.replaceAll('_', ' ') ?? 'unknown'})`);
  else if (node.kind !== 'consumer') parts.push(roleName(node) === 'unknown' ? 'role unknown' : roleName(node));
  if (node.timeline) parts.push(`timeline ${timelineOf(node.timeline)}`);
  if (node.side) parts.push(`one of ${node.sides} primaries`);
  if (node.belief) parts.push(node.belief);
  if (node.drifts.length > 0) parts.push(node.drifts.map(drift => (drift.about ?? drift.kind).replaceAll('_', ' ')).join(', '));
  return parts.filter(part => part !== '').join(', ');
}
