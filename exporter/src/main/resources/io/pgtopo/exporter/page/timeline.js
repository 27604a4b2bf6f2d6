// What happened, from the journal: the role of each instance over time, which drifts were open when, and the list.

import { h, keyed } from './dom.js';
import { both, count, isUtc, lasting, moment, natural, words } from './format.js';
import { agentNow } from './live.js';
import { stamp, timed } from './time.js';

const MORE = 15;
const MORE_OF_INCIDENT = 100;
const LANES = 24;
/** Changes that are farther apart than this belong to different incidents. */
const APART_MILLIS = 5 * 60 * 1000;
const PIXELS_PER_TICK = 110;
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const STEPS = [1, 2, 5, 10, 15, 30].flatMap(it => [it * SECOND, it * MINUTE]).concat([1, 2, 3, 6, 12, 24, 48, 168, 336, 672].map(it => it * HOUR)).sort((a, b) => a - b);
const ROLE_AFTER = { promoted: 'primary', demoted: 'replica' };
const ROLE_BEFORE = { promoted: 'replica', demoted: 'primary' };

/** Roles of an instance as stretches of time, from what it is now backwards. */
export function stretches(instance, changes, from, to) {
  const own = changes.filter(it => it.ins === instance.name && (it.kind in ROLE_AFTER || it.kind === 'unreachable' || it.kind === 'reachable' || it.kind === 'joined'));
  let role = instance.reachable ? instance.role : 'unknown';
  let isSilent = !instance.reachable;
  let end = to;
  const out = [];
  for (const change of own.toReversed()) {
    const at = Math.max(from, Date.parse(change.at));
    out.unshift({ from: at, to: end, role: isSilent ? 'silent' : role });
    end = at;
    if (change.kind in ROLE_BEFORE) role = ROLE_BEFORE[change.kind];
    else if (change.kind === 'unreachable') { isSilent = false; role = roleBefore(own, change); }
    else isSilent = change.kind === 'reachable';
  }
  out.unshift({ from, to: end, role: isSilent ? 'silent' : role });
  return out.filter(it => it.to > it.from);
}

/** What the last change before shows; unknown where the journal does not. */
function roleBefore(own, change) {
  const before = own.slice(0, own.indexOf(change)).findLast(it => it.kind in ROLE_AFTER);
  if (before) return ROLE_AFTER[before.kind];
  const after = own.slice(own.indexOf(change) + 1).find(it => it.kind in ROLE_BEFORE);
  return after ? ROLE_BEFORE[after.kind] : 'unknown';
}

/** What an entry is about; what could not be verified is claimed by nobody. */
const driftOf = change => `${change.unverifiable ? 'unverifiable ' : ''}${words(change.drift)}`;

const subjectOf = change => [change.ins ?? change.cls, change.part].filter(Boolean).join(' ');

/** When each drift was open: a lane for each drift, with its episodes. */
function episodes(changes, from, to) {
  const lanes = new Map();
  for (const change of changes.filter(it => it.drift)) {
    const key = [driftOf(change), change.cls, change.ins, change.part].join('|');
    const at = Date.parse(change.at);
    if (!lanes.has(key)) lanes.set(key, { name: `${subjectOf(change)}: ${driftOf(change)}`, open: change.unverifiable ? 'unverified' : 'open', episodes: [] });
    const own = lanes.get(key).episodes;
    const last = own.at(-1);
    // What was open before the journal begins opened before it.
    if (change.kind === 'drift_resolved') last?.isOpen ? Object.assign(last, { to: at, isOpen: false }) : own.push({ from, to: at });
    else if (!last?.isOpen) own.push({ from: at, to, isOpen: true });
  }
  return [...lanes.values()].sort((a, b) => a.episodes[0].from - b.episodes[0].from);
}

/** The changes in groups of what happened together, the newest group first. */
export function incidents(changes) {
  const groups = [];
  for (const change of changes) {
    const at = Date.parse(change.at);
    const group = groups.at(-1);
    if (group && at - group.to <= APART_MILLIS) Object.assign(group, { to: at, changes: [...group.changes, change] });
    else groups.push({ from: at, to: at, changes: [change] });
  }
  return groups.filter(it => it.changes.some(change => change.kind !== 'agent_started')).toReversed();
}

/** What an incident was about: its drifts, or else its changes. */
function aboutOf(incident) {
  const fired = incident.changes.filter(it => it.kind === 'drift_fired').map(driftOf);
  const kinds = [...new Set(fired.length > 0 ? fired : incident.changes.filter(it => it.kind !== 'agent_started').map(it => it.drift ? driftOf(it) : words(it.kind)))];
  return kinds.length > 3 ? `${kinds.slice(0, 2).join(', ')} and ${kinds.length - 2} more` : kinds.join(', ');
}

/** Round times from one to the other, as many as there is room for. */
function ticks(from, to, most) {
  const step = STEPS.find(it => (to - from) / it <= most) ?? STEPS.at(-1);
  const offset = isUtc() ? 0 : new Date(to).getTimezoneOffset() * MINUTE;
  const out = [];
  for (let at = Math.ceil((from - offset) / step) * step + offset; at <= to; at += step) out.push(at);
  return out;
}

const AROUND = 0.04;

/**
 * Makes the element once; the function that it returns fills it.
 *
 * @param chosen when the incident began that is shown at first, if one is
 */
export function timeline(parent, chosen, change) {
  let pages = 1;
  const again = () => { pages = 1; parent.refresh?.(); };
  const lanes = h('div', { class: 'lanes', role: 'img' });
  const list = h('ol', { class: 'changes' });
  const order = h('p', { class: 'sub' });
  const more = h('button', { type: 'button', onclick: () => { pages++; parent.refresh?.(); } });
  const filter = h('select', { onchange: again },
    [['all', 'all changes'], ['servers', 'servers only'], ['drift', 'drift only']].map(([value, text]) => h('option', { value }, text)));
  const when = h('select', { class: 'when', onchange: () => { change({ at: when.value }); again(); } });
  when.dataset.chosen = chosen ?? '';
  parent.append(h('div', { class: 'tools' }, h('h2', null, 'What happened'), h('label', null, 'When ', when), h('label', null, 'Show ', filter)), lanes, order, list, more);
  return (cluster, changes) => {
    parent.refresh = () => fill(cluster, changes);
    fill(cluster, changes);
  };

  /** The incident that is chosen; none for all of the journal. */
  function choose(groups, now) {
    const value = it => new Date(it.from).toISOString();
    const wanted = when.options.length === 0 ? when.dataset.chosen : when.value;
    keyed(when, [['', 'all', () => h('option', { value: '' }, 'all of the journal')],
      ...groups.map(it => [value(it), [it.to, it.changes.length], () => h('option', { value: value(it) }, `${moment(it.from, now)} to ${moment(it.to, now)}: ${aboutOf(it)}`)])]);
    const found = groups.find(it => value(it) === wanted || Date.parse(wanted) >= it.from && Date.parse(wanted) <= it.to);
    when.value = found ? value(found) : '';
    return found;
  }

  function fill(cluster, changes) {
    const end = agentNow();
    const first = changes.length > 0 ? Date.parse(changes[0].at) : end;
    // Nothing is claimed of the time before the journal begins.
    const begin = Math.min(first, end - SECOND);
    const now = new Date(end);
    const incident = choose(incidents(changes), now);
    const around = incident ? Math.max(2 * SECOND, AROUND * (incident.to - incident.from)) : 0;
    const from = incident ? Math.max(begin, incident.from - around) : begin;
    const to = incident ? Math.min(end, incident.to + around) : end;
    drawLanes(cluster, changes, { begin, end, from, to, now });
    const wanted = { all: () => true, servers: it => !it.drift, drift: it => Boolean(it.drift) }[filter.value];
    const rows = (incident?.changes ?? changes).map((it, index) => [it, index]).filter(([it]) => wanted(it));
    if (!incident) rows.reverse();
    const page = incident ? MORE_OF_INCIDENT : MORE;
    const shown = pages * page;
    keyed(list, rows.slice(0, shown).map(([it, index]) => [`${it.at} ${index} ${it.kind}`, it, () => row(it)]));
    list.hidden = rows.length === 0;
    order.textContent = rows.length === 0 ? 'Nothing has changed since the journal begins.' : incident ? 'In the order in which it happened.' : 'The newest first.';
    more.hidden = rows.length <= shown;
    more.textContent = `Show ${Math.min(page, rows.length - shown)} more of ${rows.length - shown}`;
  }

  function drawLanes(cluster, changes, { begin, end, from, to, now }) {
    const at = instant => moment(instant, now);
    const percent = instant => 100 * (Math.min(Math.max(instant, from), to) - from) / (to - from);
    const place = (element, instant) => { element.style.left = `${percent(instant).toFixed(3)}%`; return element; };
    const bar = (it, kind, title) => {
      if (it.to < from || it.from > to) return null;
      const element = place(h('i', { class: kind, title }), it.from);
      element.style.width = `max(3px, ${(percent(it.to) - percent(it.from)).toFixed(3)}%)`;
      return element;
    };
    const span = it => `${at(it.from)} to ${it.isOpen || it.to === end ? 'now' : at(it.to)} (${lasting((it.to - it.from) / 1000)})`;
    const lane = (name, kind, bars) => h('div', { class: 'lane' }, h('span', { class: `lane-name ${kind}`, title: name }, name), h('span', { class: 'track' }, bars));
    const starts = changes.filter(it => it.kind === 'agent_started' && Date.parse(it.at) > begin).map(it => Date.parse(it.at));
    const roles = [...cluster.instances].sort((a, b) => natural(a.name, b.name)).map(instance => lane(instance.name, '',
      [...stretches(instance, changes, begin, end).map(it => bar(it, it.role, `${instance.name}: ${it.role}, ${span(it)}`)),
        ...starts.map(it => bar({ from: it, to: it }, 'started', `the agent started at ${at(it)}: what it did not see before is unknown`))]));
    const drifts = episodes(changes, begin, end).map(it => ({ ...it, episodes: it.episodes.filter(own => own.to >= from && own.from <= to) })).filter(it => it.episodes.length > 0)
      .slice(-LANES).map(({ name, open, episodes: own }) => lane(name, 'drifted', own.map(it => bar(it, it.isOpen ? open : 'closed', `${name}: ${span(it)}`))));
    const marks = ticks(from, to, Math.max(2, (lanes.clientWidth - 240) / PIXELS_PER_TICK));
    lanes.setAttribute('aria-label', `Roles and drifts from ${at(from)} until ${to === end ? 'now' : at(to)}; the list below says the same`);
    lanes.replaceChildren(h('div', { class: 'plot' }, h('div', { class: 'grid' }, marks.map(it => place(h('i'), it))), roles, drifts),
      h('div', { class: 'axis' }, marks.map(it => place(h('span', { class: percent(it) > 92 ? 'last' : percent(it) < 6 ? 'first' : null }, at(it)), it))),
      h('p', { class: 'key' }, [['primary', 'primary'], ['replica', 'replica'], ['silent', 'does not answer'], ['unknown', 'role unknown'], ['open', 'drift open'], ['unverified', 'not verifiable'], ['closed', 'drift resolved']]
        .map(([kind, text]) => h('span', null, h('i', { class: kind }), text)),
        h('span', null, `${at(from)} to ${to === end ? 'now' : at(to)}: ${lasting((to - from) / 1000)}`)));
  }
}

function row(change) {
  const [head, ...more] = change.text.split('; ');
  return h('li', { class: `${change.kind}${change.unverifiable ? ' unverified' : ''}` }, stamp(change.at),
    h('span', { class: 'what' }, h('strong', null, change.ins ?? change.cls ?? 'pgtopo'), ` ${words(change.kind)}`, change.drift && `: ${driftOf(change)}`),
    h('span', { class: 'text' }, timed(head),
      more.length > 0 && h('details', null, h('summary', null, count(more.length, 'piece') + ' of evidence'), h('ul', null, more.map(it => h('li', null, timed(it))))),
      change.serverTime && h('span', { class: 'sub', title: both(change.serverTime) }, `by the server's clock ${moment(change.serverTime, new Date(agentNow()))}`)));
}
