// Which view is shown, and when it reads anew.

import { h, keyed, sign } from './dom.js';
import { isUtc, lasting, toggleZone } from './format.js';
import { age, ask, confirm, follow, isStale, live, onEvent } from './live.js';
import { loadKinds } from './drift.js';
import { fleetView, isFleetOld, isIsolated, knowsFleet, loadFleet } from './fleet.js';
import { clusterView, loadCluster } from './cluster.js';
import { instanceView } from './instance.js';
import { refreshTimes } from './time.js';

const RETRY_MILLIS = 3000;

const main = document.getElementById('main');
const path = document.getElementById('path');
const banner = document.getElementById('banner');
const alone = document.getElementById('alone');
const freshness = document.getElementById('freshness');
const zone = document.getElementById('zone');
const says = document.getElementById('says');

let view = null;
let reading = 0;

/** What the address says: #/ with ?q= and ?state=, #/cluster/NAME with ?at=, or #/cluster/NAME/INSTANCE. */
function route() {
  const [where, query = ''] = location.hash.replace(/^#/, '').split('?');
  const [, kind, cluster, instance] = where.split('/').map(decodeURIComponent);
  return { kind: kind === 'cluster' && cluster ? instance ? 'instance' : 'cluster' : 'fleet', cluster, instance, query: new URLSearchParams(query) };
}

async function show() {
  const wanted = route();
  view?.close?.();
  view = null;
  const mine = ++reading;
  path.replaceChildren(...crumbs(wanted));
  document.title = `${wanted.instance ?? wanted.cluster ?? 'clusters'} · pgtopo`;
  try {
    if (wanted.kind === 'fleet') await loadFleet();
    else await loadKinds();
    const data = wanted.kind === 'fleet' ? null : await loadCluster(wanted.cluster);
    if (mine !== reading) return;
    if (wanted.kind === 'fleet') view = { wanted, render: fleetView(main, wanted.query, changeQuery) };
    else {
      const made = wanted.kind === 'cluster' ? clusterView(main, wanted.cluster, wanted.query, changeQuery) : instanceView(main, wanted.cluster, wanted.instance);
      view = { wanted, ...made };
      view.data = data;
      view.render(data);
      // Only links to other clusters need it.
      if (!knowsFleet()) loadFleet().then(() => { if (mine === reading) { view.render(data); alarm(); } }, () => {});
    }
    performance.mark('shown');
    alarm();
  } catch (refused) {
    if (mine === reading) failed(refused);
  }
  status();
}

function failed(refused) {
  if (refused.status === undefined) throw refused;
  const titles = { 0: 'The agent does not answer', 401: 'Login required', 404: 'Not declared', 503: 'Nothing is known now' };
  main.replaceChildren(h('div', { class: 'empty' }, h('h1', null, titles[refused.status] ?? 'The agent refused the request'), h('p', null, refused.message),
    refused.status === 404 ? h('p', null, h('a', { href: '#/' }, 'All clusters')) : h('p', null, 'This page tries again by itself. '),
    refused.status === 401 && h('p', null, h('a', { href: '/' }, 'Log in'))));
  if (refused.status !== 404) setTimeout(() => { if (view === null) show(); }, RETRY_MILLIS);
}

function crumbs({ cluster, instance }) {
  const crumb = (text, href) => h('a', { href }, text);
  const parts = [crumb('clusters', '#/')];
  if (cluster) parts.push(crumb(cluster, `#/cluster/${encodeURIComponent(cluster)}`));
  if (instance) parts.push(crumb(instance, location.hash));
  parts.at(-1).setAttribute('aria-current', 'page');
  return parts;
}

function changeQuery(changed) {
  const { query } = route();
  const [where] = location.hash.split('?');
  Object.entries(changed).forEach(([name, value]) => value === '' ? query.delete(name) : query.set(name, value));
  history.replaceState(null, '', `${where || '#/'}${query.size > 0 ? `?${query}` : ''}`);
}

let isReading = false;
let next = null;

/** A cycle has ended: read what the view shows. One after the other, so that no older answer is drawn over a newer one. */
async function refresh(event, data) {
  const names = event === 'change' ? data.clusters.map(it => it.name) : [];
  if (isReading) {
    const whole = event === 'snapshot' || next?.whole;
    next = { whole, names: [...new Set([...next?.names ?? [], ...names])], data };
    return;
  }
  isReading = true;
  try {
    await read(event, names, data);
  } finally {
    isReading = false;
    const after = next;
    next = null;
    if (after) refresh(after.whole ? 'snapshot' : after.names.length > 0 ? 'change' : 'unchanged', { ...after.data, clusters: after.names.map(name => ({ name })) });
  }
}

async function read(event, names, data) {
  if (view === null) return show();
  const shown = view;
  const mark = performance.now();
  try {
    if (shown.wanted.kind === 'fleet') {
      if (event === 'unchanged' && !isFleetOld()) return confirm(data.endedAt);
      await loadFleet(event === 'change' ? names : []);
    } else {
      const isChanged = event === 'snapshot' || names.includes(shown.wanted.cluster);
      // Whether the agent is isolated shows in other clusters.
      const others = event === 'unchanged' ? null : loadFleet(names).catch(() => {});
      [shown.data] = await Promise.all([loadCluster(shown.wanted.cluster, isChanged ? 'all' : 'live'), others]);
    }
    if (shown !== view) return;
    const begin = performance.now();
    shown.render(shown.data);
    performance.measure('update', { start: begin });
    performance.measure('cycle', { start: mark });
    if (names.length > 0) says.textContent = `Changed: ${names.slice(0, 3).join(', ')}${names.length > 3 ? ' and more' : ''}`;
    alarm();
  } catch (refused) {
    if (refused.status === undefined) throw refused;
    if (refused.status === 404) show();
  }
}

/** What is true of the agent itself, above everything else. */
function alarm() {
  const text = 'The agent is isolated: more than half of all nodes are silent to it. Its own network is the likely cause; what it says of silent servers is not known to be true.';
  keyed(alone, isIsolated() ? [['isolated', '', () => h('p', { class: 'notice isolated' }, sign('warning'), ' ', text)]] : []);
}

function status() {
  const old = age();
  const stale = isStale();
  const text = { connecting: 'connecting', unauthorised: 'login required' }[live.status]
    ?? (old === null ? live.reason : `${live.status === 'live' ? 'live' : live.status === 'polling' ? 'polling' : 'stale'} · data is ${lasting(old)} old`);
  keyed(freshness, [['sign', stale, () => sign(stale ? 'warning' : 'ok', 14)], ['text', text, () => h('span', null, text)]]);
  freshness.className = `freshness ${stale ? 'stale' : 'fresh'}`;
  document.body.classList.toggle('stale', stale && view !== null);
  const why = live.status === 'unauthorised' ? 'Log in again: the agent refuses this page. What is shown is old.'
    : live.status === 'unknown' ? `The agent knows nothing now: ${live.reason}. What is shown was true then.`
      : live.status === 'lost' ? `${live.reason[0].toUpperCase()}${live.reason.slice(1)}. What is shown was true ${lasting(old ?? 0)} ago.` : '';
  keyed(banner, why === '' || view === null ? [] : [['why', why, () => h('p', { class: 'notice stale' }, sign('warning'), ' ', why)]]);
}

zone.addEventListener('click', () => { toggleZone(); zoneText(); refreshTimes(); if (view?.wanted.kind !== 'fleet') show(); });

function zoneText() {
  zone.textContent = isUtc() ? 'UTC' : 'local time';
  zone.setAttribute('aria-label', `${zone.textContent}: press for ${isUtc() ? 'local time' : 'UTC'}`);
}

addEventListener('hashchange', () => { show(); main.focus({ preventScroll: true }); scrollTo(0, 0); });
addEventListener('keydown', event => {
  if (event.key === '/' && !(event.target instanceof HTMLInputElement)) {
    const search = document.getElementById('search');
    if (search) { event.preventDefault(); search.focus(); }
  }
});
onEvent((event, data) => { if (event !== 'status') refresh(event, data); status(); });
setInterval(() => { refreshTimes(); status(); ask(); }, 1000);
zoneText();
follow();
show();
