// The graph as SVG. Servers keep their element from cycle to cycle, so that one that changes its place moves there.

import { h, s, keyed } from './dom.js';
import { bytes, lasting, seconds, timelineOf, words } from './format.js';
import { worstOf } from './drift.js';
import { countOf, lagOf, whatOf } from './logical.js';

const CARD = { width: 230, height: 92 };
const WIDE = { across: 98, down: 14, fork: 40 };
const NARROW = { indent: 18, down: 26, fork: 30 };
const MARGIN = 12;
const FORK_MARGIN = 16;
const CROSS_MARGIN = 26;

/** Where each card stands, and how large the picture is, in pixels. */
export function layout(graph, room) {
  const left = MARGIN + (graph.forks.length > 0 ? FORK_MARGIN : 0);
  const right = MARGIN + (graph.edges.some(edge => !edge.inTree) ? CROSS_MARGIN : 0);
  const wide = left + right + (graph.depth + 1) * CARD.width + graph.depth * WIDE.across;
  return wide <= room ? across(graph, left, wide) : down(graph, left, right, room);
}

function across(graph, left, width) {
  const places = new Map();
  let y = MARGIN;
  const visit = node => {
    const x = left + node.depth * (CARD.width + WIDE.across);
    if (node.children.length === 0) {
      places.set(node.id, { x, y, width: CARD.width });
      y += CARD.height + WIDE.down;
      return;
    }
    node.children.forEach(visit);
    const first = places.get(node.children[0].id).y;
    const last = places.get(node.children.at(-1).id).y;
    places.set(node.id, { x, y: (first + last) / 2, width: CARD.width });
  };
  graph.roots.forEach((root, index) => {
    if (index > 0 && graph.forks.length > 0) y += WIDE.fork - WIDE.down;
    visit(root);
  });
  return { places, width, height: y - WIDE.down + MARGIN, isWide: true };
}

function down(graph, left, right, room) {
  const places = new Map();
  const deepest = left + right + graph.depth * NARROW.indent + 200;
  const width = Math.max(room, deepest);
  let y = MARGIN;
  for (const node of graph.nodes) {
    const x = left + node.depth * NARROW.indent;
    if (node.depth === 0 && node.line > 0) y += graph.forks.length > 0 ? NARROW.fork - 12 : 0;
    places.set(node.id, { x, y, width: Math.min(width - x - right, 420) });
    y += CARD.height + NARROW.down;
  }
  return { places, width, height: y - NARROW.down + MARGIN, isWide: false };
}

/** Draws into an SVG element, or redraws what has changed in it. */
export function draw(picture, graph, room, open) {
  const { places, width, height, isWide } = layout(graph, room);
  picture.setAttribute('viewBox', `0 0 ${width} ${height}`);
  picture.setAttribute('width', width);
  picture.setAttribute('height', height);
  const [forks, edges, nodes] = layers(picture);
  keyed(forks, graph.forks.map(fork => [`${fork.older} ${fork.newer}`, [fork, places.get(fork.older), places.get(fork.newer)],
    () => forkMark(fork, places.get(fork.older), places.get(fork.newer))]));
  keyed(edges, graph.edges.map(edge => [`${edge.from} ${edge.to} ${edge.grade}`,
    [edge, places.get(edge.from), places.get(edge.to), isWide],
    () => line(edge, places.get(edge.from), places.get(edge.to), isWide)]));
  keyed(nodes, graph.nodes.map(node => [node.id, '', () => s('g', { class: 'place' })]));
  graph.nodes.forEach((node, index) => {
    const place = places.get(node.id);
    const group = nodes.children[index];
    group.style.transform = `translate(${place.x}px, ${place.y}px)`;
    const incoming = graph.edges.find(edge => edge.to === node.id && edge.link);
    const logical = node.isLogical ? graph.edges.filter(edge => edge.logical && (edge.to === node.id || edge.from === node.id)) : [];
    const { children, depth, line: row, ...shown } = node;
    keyed(group, [['card', [shown, incoming?.link, logical, place.width], () => card({ ...node, logical }, incoming?.link, place.width, open)]]);
  });
}

function layers(picture) {
  if (picture.children.length === 0) picture.append(s('g', { class: 'forks' }), s('g', { class: 'edges' }), s('g', { class: 'nodes' }));
  return picture.children;
}

/** How many characters of a size fit; the rest is in the title. */
function fit(text, width, size) {
  const most = Math.max(4, Math.floor(width / (size * 0.54)));
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

function card(node, link, width, open) {
  const isSilent = node.reachable === false && node.kind === 'member';
  const worst = node.side ? 'critical' : worstOf(node.drifts);
  const group = s('g', {
    class: ['card', node.kind, isSilent ? 'silent' : node.role, worst && `has-${worst}`].filter(Boolean).join(' '),
    tabindex: '0', role: 'button',
    onclick: () => open(node),
    onkeydown: event => { if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); open(node); } },
  });
  group.append(s('rect', { class: 'box', width, height: CARD.height, rx: 8 }));
  group.append(roleSign(isSilent ? 'silent' : node.kind === 'consumer' ? 'consumer' : node.inCluster ? 'other' : node.role));
  const roleText = roleOf(node, isSilent);
  group.append(s('text', { class: 'name', x: 36, y: 24 }, fit(node.name, width - 48 - roleText.length * 6.6, node.kind === 'consumer' ? 16 : 14), ' '));
  group.append(s('text', { class: 'role', x: width - 10, y: 24, 'text-anchor': 'end' }, roleText, ' '));
  group.append(s('text', { class: 'fact', x: 12, y: 44 }, fit(identity(node), width - 20, 12), ' '));
  group.append(s('text', { class: 'fact', x: 12, y: 61 }, fit(progress(node, link, isSilent), width - 20, 12), ' '));
  group.append(state(node, worst, width));
  if (node.belief) group.append(tag(node.belief, width));
  return group;
}

/** What somebody believes of the server, on the lower edge of its card: it is not what the server reports. */
function tag(text, width) {
  const shown = fit(text.length * 6.2 < width - 46 ? text : text.split(',')[0], width - 46, 11);
  const size = Math.min(width - 24, shown.length * 6.2 + 16);
  const x = width - size - 12;
  return s('g', { class: 'tag' }, s('title', null, `${text}: PostgreSQL reports otherwise`),
    s('rect', { x, y: CARD.height - 7, width: size, height: 18, rx: 9 }),
    s('text', { x: x + size / 2, y: CARD.height + 6, 'text-anchor': 'middle' }, ' ', shown));
}

/** A filled square writes, two squares are another cluster, an arrow is a client, a ring reads, a broken ring is silent, a question mark is unknown. */
function roleSign(role) {
  const shapes = {
    primary: [s('rect', { class: 'glyph filled', x: 12, y: 11, width: 16, height: 16, rx: 3 }),
      s('path', { class: 'glyph-mark', d: 'M16.5 23l.6-2.7 5-5 2 2-5 5z' })],
    replica: [s('circle', { class: 'glyph ring', cx: 20, cy: 19, r: 7 }), s('circle', { class: 'glyph filled', cx: 20, cy: 19, r: 2.6 })],
    other: [s('path', { class: 'glyph ring', d: 'M12 11h11v11h-11zM17 16h11v11h-11z' })],
    consumer: [s('path', { class: 'glyph ring', d: 'M11 19h15m-6-6l6 6-6 6' })],
    silent: [s('circle', { class: 'glyph ring broken', cx: 20, cy: 19, r: 7 }), s('path', { class: 'glyph ring', d: 'M17 16l6 6M23 16l-6 6' })],
  };
  return s('g', { 'aria-hidden': 'true' }, shapes[role]
    ?? [s('path', { class: 'glyph ring', d: 'M20 10.5L28.5 19 20 27.5 11.5 19z' }), s('text', { class: 'glyph-text', x: 20, y: 23, 'text-anchor': 'middle' }, '?')]);
}

function roleOf(node, isSilent) {
  if (isSilent) return 'silent';
  if (node.kind === 'consumer') return 'client';
  if (node.kind === 'other_cluster') return node.role === 'unknown' ? 'other cluster' : node.role;
  const role = node.role === 'primary' ? 'PRIMARY' : node.role === 'unknown' ? 'role unknown' : node.role;
  return node.kind === 'member' ? role : `${node.role === 'unknown' ? '' : `${role}, `}undeclared`;
}

function identity(node) {
  if (node.kind === 'consumer') return 'receives decoded changes';
  if (node.inCluster) return `cluster ${node.inCluster}`;
  const address = node.address && node.address !== node.name ? node.address : node.announced ? `calls itself ${node.announced}` : '';
  const wasDeclared = node.reachable === false && node.declaredRole && `declared ${node.declaredRole}`;
  const parts = [address, wasDeclared, node.version && `v${node.version}`, node.timeline && `tl ${timelineOf(node.timeline)}`];
  return parts.filter(Boolean).join(' · ') || 'reported by the other end only';
}

function progress(node, link, isSilent) {
  if (isSilent) return `does not answer: ${words(node.failure?.kind ?? 'unknown')}`;
  if (node.logical?.length > 0) return node.logical.map(edge => `${edge.from === node.id ? 'sends' : 'receives'} ${whatOf(edge.logical)}`).join(', ');
  if (node.kind === 'other_cluster') return node.address ?? 'address unknown';
  if (!node.reachable) return 'not polled';
  if (node.role === 'primary') return `writes at ${node.lsn?.written ?? '?'}`;
  if (!link) {
    const old = seconds(node.lsn?.replayedCommitAge);
    return `no upstream${old === null ? '' : `, last commit ${lasting(old)} ago`}`;
  }
  const lag = link.replayLagBytes === null ? 'lag unknown' : `lag ${bytes(link.replayLagBytes)}`;
  const time = !link.replayLagSeconds ? '' : `, ${lasting(link.replayLagSeconds)}`;
  const reply = link.replyAgeSeconds === null ? '' : ` · reply ${lasting(link.replyAgeSeconds)} ago`;
  return `${lag}${time}${reply}`;
}

function state(node, worst, width) {
  if (node.side) {
    const text = node.side.favoured ? `one of ${node.sides} primaries: keep` : `one of ${node.sides} primaries`;
    return s('text', { class: 'fact mark-critical', x: 12, y: 80 }, `⬣ ${fit(text, width - 36, 13.5)}`);
  }
  if (!worst) {
    return node.kind === 'member' && node.reachable
      ? s('text', { class: 'fact good', x: 12, y: 80 }, '✓ no drift')
      : s('text', { class: 'fact', x: 12, y: 80 }, '');
  }
  const named = node.drifts.map(drift => words(drift.about ?? drift.kind));
  const marks = { critical: '⬣', warning: '▲', info: '●', unknown: '■', suspended: '‖' };
  const more = named.length > 1 ? ` +${named.length - 1}` : '';
  const first = node.drifts.find(drift => worstOf([drift]) === worst);
  const text = `${words(first.about ?? first.kind)}${first.state === 'flapping' ? ' flaps' : worst === 'unknown' ? ' unverifiable' : ''}${more}`;
  return s('text', { class: `fact mark-${worst}`, x: 12, y: 80 }, `${marks[worst]} ${fit(text, width - 36, 13.5)}`);
}

function line(edge, from, to, isWide) {
  const group = s('g', { class: `edge ${edge.grade}${edge.logical && !isProven(edge) ? ' one' : ''}${edge.link?.streaming === false ? ' broken' : ''}${edge.inTree ? '' : ' cross'}` });
  const label = labelOf(edge);
  group.append(s('title', null, edge.link ? edge.link.witnesses.join(', ') : edge.logical ? `${whatOf(edge.logical)}, ${isProven(edge) ? 'both ends' : 'one end'}, ${lagOf(edge.logical)}` : label));
  if (!edge.inTree) {
    const x1 = from.x + from.width;
    const x2 = to.x + to.width;
    const y1 = from.y + CARD.height - (from === to ? 60 : 18);
    const y2 = to.y + CARD.height - 18;
    const bulge = Math.max(x1, x2) + CROSS_MARGIN - 6;
    group.append(s('path', { d: `M${x1} ${y1}C${bulge} ${y1} ${bulge} ${y2} ${x2 + 6} ${y2}` }), head(x2 + 1, y2, 'left'));
    return group;
  }
  if (isWide) {
    const x1 = from.x + from.width;
    const y1 = from.y + CARD.height / 2;
    const y2 = to.y + CARD.height / 2;
    const bend = x1 + 18;
    const round = Math.min(8, Math.abs(y2 - y1) / 2) * Math.sign(y2 - y1);
    group.append(s('path', { d: y1 === y2 ? `M${x1} ${y1}H${to.x - 6}`
      : `M${x1} ${y1}H${bend - 8}Q${bend} ${y1} ${bend} ${y1 + round}V${y2 - round}Q${bend} ${y2} ${bend + 8} ${y2}H${to.x - 6}` }));
    group.append(head(to.x - 1, y2, 'right'));
    label.split(', ').slice(0, 2).forEach((part, index) =>
      group.append(s('text', { class: 'on-edge', x: to.x - 10, y: y2 + (index === 0 ? -6 : 15), 'text-anchor': 'end' }, part)));
    return group;
  }
  // Each nature has a trunk of its own: one over the other would hide its grade.
  const x1 = from.x + (edge.logical ? 4 : 10);
  const y2 = to.y + 19;
  group.append(s('path', { d: `M${x1} ${from.y + CARD.height}V${y2 - 6}Q${x1} ${y2} ${x1 + 4} ${y2}H${to.x - 3}` }));
  group.append(head(to.x - 1, y2, 'right', 5));
  group.append(s('text', { class: 'on-edge', x: to.x + 2, y: to.y - 6 }, label));
  return group;
}

function head(x, y, direction, size = 7) {
  const back = direction === 'right' ? -size : size;
  return s('path', { class: 'head', d: `M${x} ${y}l${back} ${-size * 0.6}v${size * 1.2}z` });
}

const isProven = edge => edge.logical.every(it => it.grade === 'both_ends');

/** What is known of a link, in two parts at most. */
export function labelOf(edge) {
  if (edge.grade === 'declared') return 'declared only';
  if (edge.logical) return `${edge.logical.length > 1 ? countOf(edge.logical) : 'logical'}, ${lagOf(edge.logical)}`;
  if (edge.grade === 'unproven') return `unproven, ${words(edge.unproven.grade)}`;
  const ends = edge.grade === 'both' ? 'both ends' : 'one end';
  if (edge.link.streaming === false) {
    return `${ends}, ${edge.link.silentForSeconds === null ? 'not streaming' : `silent ${lasting(edge.link.silentForSeconds)}`}`;
  }
  return edge.link.syncState ? `${ends}, ${edge.link.syncState}` : ends;
}

function forkMark(fork, older, newer) {
  const x = FORK_MARGIN - 8;
  const [upper, lower] = older.y < newer.y ? [older, newer] : [newer, older];
  const y1 = upper.y + CARD.height / 2;
  const y2 = lower.y + CARD.height / 2;
  const where = fork.at ? ` at ${fork.at}` : '';
  const text = fork.relation === 'undetermined' ? `timelines ${fork.olderTimeline} and ${fork.newerTimeline}: fork unknown` : fork.relation === 'twin' ? `both write timeline ${fork.newerTimeline}`
    : `fork${where}: timeline ${fork.newerTimeline} left ${fork.olderTimeline}`;
  return s('g', { class: 'fork' },
    s('path', { d: `M${upper.x} ${y1}H${x + 6}Q${x} ${y1} ${x} ${y1 + 6}V${y2 - 6}Q${x} ${y2} ${x + 6} ${y2}H${lower.x}` }),
    s('path', { class: 'fork-sign', d: `M${x} ${lower.y - 21}l7 7-7 7-7-7z` }),
    s('text', { x: x + 12, y: lower.y - 10 }, text));
}

/** What the lines and signs mean. */
export function legend(hasLogical) {
  const sample = (grade, text) => h('li', null, s('svg', { class: 'sample', width: 34, height: 12, 'aria-hidden': 'true' },
    s('g', { class: `edge ${grade}` }, s('path', { d: 'M2 6H26' }), head(32, 6, 'right'))), text);
  return h('ul', { class: 'legend', 'aria-label': 'Legend' },
    sample('both', 'reported by both ends'), sample('one', 'by one end'), sample('declared', 'declared only'), sample('both broken', 'not streaming'), hasLogical && sample('logical', 'logical replication'));
}
