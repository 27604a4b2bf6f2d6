// One cluster: the tree as it is, the drift beside it, databases, roles and services, and what happened.

import { h, keyed, badge, s } from './dom.js';
import { bytes, count, lasting, natural, timelineOf, words } from './format.js';
import { get } from './live.js';
import { graphOf, describe, roleName } from './graph.js';
import { draw, labelOf, legend } from './draw.js';
import { driftCard, inOrder, keyOf, splitPanel, stateOf, worstOf } from './drift.js';
import { clusterOf } from './fleet.js';
import { exports } from './export.js';
import { timeline } from './timeline.js';
import { objects, sights } from './objects.js';
import { takeover } from './takeover.js';
import { logicalTable } from './logical.js';
import { stamp } from './time.js';

const one = (path, name) => get(`${path}?cluster=${encodeURIComponent(name)}`);

/** Topology, drift and journal of one cluster. */
export async function loadCluster(name, parts = 'all') {
  const [snapshot, safety, changes, inventory] = await Promise.all([
    one('/api/v1/snapshot', name),
    one('/api/v1/safe', name),
    parts === 'all' ? one('/api/v1/changes', name) : null,
    parts === 'all' ? one('/api/v1/inventory', name) : null,
  ]);
  const { drift } = snapshot;
  return {
    name, snapshot, changes: changes?.changes, inventory: inventory?.clusters[0],
    cluster: snapshot.topology.clusters[0], safety: safety.clusters[0], services: snapshot.services,
    drifts: [...drift.drifts, ...drift.unverifiable, ...drift.flapping, ...drift.suspended, ...drift.ignored],
  };
}

export function clusterView(main, name, query, change) {
  const head = h('div', { class: 'cluster-head' });
  const split = h('div');
  const picture = s('svg', { class: 'picture', role: 'group', 'aria-label': `Topology of ${name}; the table of servers says the same`, onkeydown: walk });
  const frame = h('div', { class: 'frame' }, picture);
  const servers = h('div', { class: 'servers-table' });
  const legends = h('div');
  const logicalPart = h('div');
  const drifts = h('div', { class: 'drifts' });
  const objectsPart = h('section', { class: 'objects' });
  const history = h('section', { class: 'history' });
  const graphPart = h('section', { class: 'graph', 'aria-label': 'Topology' },
    h('div', { class: 'tools' }, h('h2', null, 'Topology'), exports(picture, name)), frame, legends,
    h('details', { class: 'as-table' }, h('summary', null, 'The same as a table'), servers), logicalPart);
  const driftHead = h('h2', null, 'Drift');
  const safe = h('div');
  const aside = h('div', { class: 'aside' }, h('section', { class: 'drift-part', 'aria-label': 'Drift' }, driftHead, drifts),
    h('section', { 'aria-label': 'Who may take over' }, h('h2', null, 'Who may take over'), safe));
  main.replaceChildren(head, split, h('div', { class: 'beside' }, graphPart, aside, history, objectsPart));
  const fillHistory = timeline(history, query.get('at'), change);
  let data = null;
  let graph = null;

  const redraw = () => { if (graph) draw(picture, graph, frame.clientWidth, open); };
  const observer = new ResizeObserver(redraw);
  observer.observe(frame);

  function open(node) {
    const cluster = node.kind === 'member' ? name : node.kind === 'other_cluster' ? node.inCluster ?? clusterOf(node.name) : null;
    if (cluster) location.hash = node.kind === 'member' ? `#/cluster/${encodeURIComponent(name)}/${encodeURIComponent(node.name)}` : `#/cluster/${encodeURIComponent(cluster)}`;
  }

  function render(next) {
    data = { ...data, ...Object.fromEntries(Object.entries(next).filter(([, value]) => value !== undefined && value !== null)) };
    const { cluster } = data;
    graph = graphOf(cluster, data.drifts);
    keyed(head, [['head', [cluster.sync, cluster.health, cluster.causes, cluster.reachable, cluster.declared, data.drifts, data.inventory?.upstream, clusterOf(data.inventory?.upstream)], () => heading(data)]]);
    const split_ = data.drifts.filter(it => it.sides.length > 0);
    keyed(split, split_.map(it => [keyOf(it), it, () => splitPanel(it)]));
    redraw();
    const logical = cluster.logicalLinks ?? [];
    keyed(legends, [['legend', logical.length > 0, () => legend(logical.length > 0)]]);
    keyed(logicalPart, logical.length === 0 ? [] : [['logical', [logical, logical.map(it => clusterOf(it.publisher) ?? clusterOf(it.subscriber))], () => logicalSection(logical)]]);
    keyed(servers, [['table', [graph.nodes.map(describe), cluster.links, cluster.instances], () => table(graph, name)]]);
    const ordered = inOrder([...data.drifts]);
    driftHead.textContent = ordered.length === 0 ? 'No drift' : summary(data.drifts);
    keyed(drifts, ordered.length === 0 ? [['none', cluster.passed.length, () => calm(cluster)]]
      : ordered.map(([it, depth]) => [keyOf(it), [it, depth], () => driftCard(it, depth)]));
    keyed(safe, [['safe', data.safety, () => takeover(data.safety)]]);
    if (data.changes) fillHistory(cluster, data.changes);
    if (data.inventory) keyed(objectsPart, [['objects', [data.inventory, data.services.map(sights), cluster.vip, data.drifts.map(keyOf)], () => objects(data)]]);
  }

  /** The arrow keys lead from server to server. */
  function walk(event) {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const cards = [...picture.querySelectorAll('.card')];
    const next = cards[cards.indexOf(document.activeElement) + step];
    if (next) { event.preventDefault(); next.focus(); }
  }
  return { render, close: () => observer.disconnect() };
}

const logicalSection = links => h('details', { class: 'as-table' }, h('summary', null, `Logical replication (${links.length})`), logicalTable(links));

function summary(drifts) {
  const number = test => drifts.filter(test).length;
  const others = {
    unverifiable: number(it => it.about && !it.accepted),
    flapping: number(it => it.state === 'flapping' && !it.accepted),
    suspended: number(it => it.accepted?.maintenanceOf),
    ignored: number(it => it.accepted && !it.accepted.maintenanceOf),
  };
  const drifted = drifts.length - Object.values(others).reduce((sum, it) => sum + it, 0);
  return [count(drifted, 'drift'), ...Object.entries(others).filter(([, it]) => it > 0).map(([name, it]) => `${it} ${name}`)].join(', ');
}

const HEALTH = { healthy: 'ok', progressing: 'info', degraded: 'warning', suspended: 'suspended', missing: 'critical', unknown: 'unknown' };

function heading({ cluster, drifts, inventory }) {
  const worst = worstOf(drifts.filter(it => !it.accepted && it.state !== 'flapping'));
  const sync = cluster.sync === 'in_sync' ? 'ok' : cluster.sync === 'unknown' ? 'unknown' : worst ?? (drifts.some(it => it.accepted) ? 'suspended' : 'warning');
  const health = drifts.some(it => it.sides.length > 0) ? 'critical' : HEALTH[cluster.health] ?? 'unknown';
  const suspended = drifts.find(it => it.accepted?.maintenanceOf)?.accepted;
  const upstream = inventory?.upstream;
  const other = upstream && clusterOf(upstream);
  return h('div', null,
    h('h1', null, cluster.name),
    h('p', { class: 'states' }, badge(sync, cluster.sync === 'unknown' ? 'sync unknown' : words(cluster.sync)), badge(health, cluster.health === 'unknown' ? 'health unknown' : words(cluster.health)),
      h('span', null, `${cluster.reachable} of ${count(cluster.declared, 'server')} answer`),
      h('span', { class: 'sub' }, cluster.systemIdentifiers.length === 1 ? `system ${cluster.systemIdentifiers[0]}` : `${cluster.systemIdentifiers.length} systems`)),
    cluster.causes.length > 0 && h('ul', { class: 'causes' }, cluster.causes.map(it => h('li', null, h('strong', null, words(it.code)), it.detail && ` ${it.detail}`))),
    upstream && h('p', { class: 'standby-of' }, 'Standby cluster of ', other ? h('a', { href: `#/cluster/${encodeURIComponent(other)}` }, `${other} (${upstream})`) : upstream),
    suspended && h('p', { class: 'notice' }, `Under maintenance of ${suspended.maintenanceOf} by ${suspended.owner}: ${suspended.reason}. Until `, stamp(suspended.until, false), '.'));
}

function calm(cluster) {
  return h('div', { class: 'calm' }, badge('ok', 'as declared'),
    h('p', null, `${count(cluster.passed.length, 'check')} of the whole cluster passed in the last cycle.`),
    h('details', null, h('summary', null, 'Which'), h('p', null, cluster.passed.map(words).join(', '))));
}

/** The graph for those who do not see it. */
function table(graph, name) {
  const names = new Map(graph.nodes.map(node => [node.id, node.name]));
  const columns = ['Server', 'Role', 'Declared', 'Receives WAL from', 'Link', 'Timeline', 'Lag', 'Reply', 'Version', 'Drift'];
  return h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Servers' }, h('table', null, h('caption', { class: 'unseen' }, `Servers of ${name}`),
    h('thead', null, h('tr', null, columns.map(it => h('th', { scope: 'col' }, it)))),
    h('tbody', null, [...graph.nodes].sort((a, b) => natural(a.name, b.name)).map(node => {
      const edge = graph.edges.find(it => it.to === node.id && it.link) ?? graph.edges.find(it => it.to === node.id && !it.logical);
      const link = edge?.link;
      return h('tr', null,
        h('th', { scope: 'row' }, node.kind === 'member' ? h('a', { href: `#/cluster/${encodeURIComponent(name)}/${encodeURIComponent(node.name)}` }, node.name) : `${node.name} (${words(node.kind)})`),
        h('td', null, node.reachable === false ? 'does not answer' : roleName(node), node.belief && h('span', { class: 'sub alone' }, node.belief)),
        h('td', null, node.declaredRole ?? (node.kind === 'undeclared' ? 'not declared' : '')),
        h('td', null, edge ? names.get(edge.from) : ''),
        h('td', null, edge ? labelOf(edge) : ''),
        h('td', null, node.timeline ? timelineOf(node.timeline) : ''),
        h('td', null, link ? bytes(link.replayLagBytes) : ''),
        h('td', null, link?.replyAgeSeconds === null || !link ? '' : `${lasting(link.replyAgeSeconds)} ago`),
        h('td', null, node.version ?? ''),
        h('td', null, node.drifts.map(it => `${words(it.about ?? it.kind)} (${stateOf(it)})`).join(', ')));
    }))));
}
