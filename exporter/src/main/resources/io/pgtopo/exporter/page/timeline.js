// What happened, from the journal: the role of each instance over time, which drifts were open when, and the list.

import { h, keyed } from './dom.js';
import { both, count, lasting, moment, natural, words } from './format.js';
import { agentNow } from './live.js';
import { stamp } from './time.js';

const NEWEST = 100;
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

const subjectOf = change => [change.ins ?? change.cls, change.part].filter(Boolean).join(' ');

/** When each drift was open. */
function episodes(changes, from, to) {
  const open = new Map();
  const out = [];
  for (const change of changes.filter(it => it.drift)) {
    const key = [change.drift, change.cls, change.ins, change.part].join('|');
    const at = Date.parse(change.at);
    if (change.kind === 'drift_opened') open.set(key, { key, drift: change.drift, subject: subjectOf(change), from: at });
    else if (change.kind === 'drift_fired' && !open.has(key)) open.set(key, { key, drift: change.drift, subject: subjectOf(change), from: at });
    else if (change.kind === 'drift_resolved' && open.has(key)) {
      out.push({ ...open.get(key), to: at });
      open.delete(key);
    }
  }
  open.forEach(it => out.push({ ...it, to, isOpen: true }));
  return out.map(it => ({ ...it, from: Math.max(from, it.from) })).sort((a, b) => a.from - b.from);
}

/** Makes the element once; the function that it returns fills it. */
export function timeline(parent) {
  const lanes = h('div', { class: 'lanes', role: 'img' });
  const list = h('ol', { class: 'changes' });
  const filter = h('select', { id: 'change-filter', onchange: () => parent.refresh?.() },
    [['all', 'all changes'], ['servers', 'servers only'], ['drift', 'drift only']].map(([value, text]) => h('option', { value }, text)));
  parent.append(h('div', { class: 'tools' }, h('h2', null, 'What happened'), h('label', null, 'Show ', filter)), lanes, list);
  return (cluster, changes) => {
    parent.refresh = () => fill(cluster, changes);
    fill(cluster, changes);
  };

  function fill(cluster, changes) {
    const to = agentNow();
    const first = changes.length > 0 ? Date.parse(changes[0].at) : to;
    // Nothing is claimed of the time before the journal begins.
    const from = Math.min(first, to - 1000);
    const now = new Date(to);
    const when = at => moment(at, now);
    const share = at => `${(100 * (at - from) / (to - from)).toFixed(3)}%`;
    const bar = (it, kind, title) => {
      const element = h('i', { class: kind, title });
      element.style.left = share(it.from);
      element.style.width = `max(3px, ${(100 * (it.to - it.from) / (to - from)).toFixed(3)}%)`;
      return element;
    };
    const span = it => `${when(it.from)} to ${it.isOpen || it.to === to ? 'now' : when(it.to)} (${lasting((it.to - it.from) / 1000)})`;
    lanes.setAttribute('aria-label', `Roles and drifts from ${when(from)} until now; the list below says the same`);
    const starts = changes.filter(it => it.kind === 'agent_started' && Date.parse(it.at) > from).map(it => Date.parse(it.at));
    const roles = [...cluster.instances].sort((a, b) => natural(a.name, b.name)).map(instance => h('div', { class: 'lane' },
      h('span', { class: 'lane-name' }, instance.name),
      h('span', { class: 'track' }, stretches(instance, changes, from, to).map(it => bar(it, it.role, `${instance.name}: ${it.role}, ${span(it)}`)),
        starts.map(at => bar({ from: at, to: at }, 'started', `the agent started at ${when(at)}: what it did not see before is unknown`)))));
    const drifts = episodes(changes, from, to).slice(-24).map(it => h('div', { class: 'lane' },
      h('span', { class: 'lane-name drifted', title: `${it.subject}: ${words(it.drift)}` }, `${it.subject}: ${words(it.drift)}`),
      h('span', { class: 'track' }, bar(it, it.isOpen ? 'open' : 'closed', `${words(it.drift)}: ${span(it)}`))));
    lanes.replaceChildren(...roles, ...drifts,
      h('div', { class: 'axis' }, h('span', null, when(from)), h('span', null, `${lasting((to - from) / 1000)} until now`)),
      h('p', { class: 'key' }, [['primary', 'primary'], ['replica', 'replica'], ['silent', 'does not answer'], ['unknown', 'role unknown'], ['open', 'drift open'], ['closed', 'drift resolved']]
        .map(([kind, text]) => h('span', null, h('i', { class: kind }), text))));
    const wanted = { all: () => true, servers: it => !it.drift, drift: it => Boolean(it.drift) }[filter.value];
    const rows = changes.map((it, index) => [it, index]).filter(([it]) => wanted(it)).toReversed().slice(0, NEWEST);
    keyed(list, rows.map(([it, index]) => [`${it.at} ${index}`, it, () => row(it)]));
    list.hidden = rows.length === 0;
  }
}

function row(change) {
  const [head, ...more] = change.text.split('; ');
  return h('li', { class: change.kind }, stamp(change.at),
    h('span', { class: 'what' }, h('strong', null, change.ins ?? change.cls ?? 'pgtopo'), ` ${words(change.kind)}`, change.drift && `: ${words(change.drift)}`),
    h('span', { class: 'text' }, head,
      more.length > 0 && h('details', null, h('summary', null, count(more.length, 'piece') + ' of evidence'), h('ul', null, more.map(it => h('li', null, it)))),
      change.serverTime && h('span', { class: 'sub', title: both(change.serverTime) }, `by the server's clock ${moment(change.serverTime, new Date(agentNow()))}`)));
}
