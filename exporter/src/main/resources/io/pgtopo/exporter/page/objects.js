// What else a cluster declares: services, databases, roles; each with its drift.

import { h, sign } from './dom.js';
import { words } from './format.js';
import { stateOf } from './drift.js';

/** What is seen of a service, without the moments. */
export const sights = it => ({ ...it, dials: it.dials.map(({ at, ...dial }) => dial), balancers: it.balancers.map(({ at, ...view }) => view) });

// Whether a server should get connections: its sign and its words.
const TURNS = { serves: ['ok', 'serves'], idle: ['info', 'is idle'], out: ['suspended', 'is out'], unknown: ['unknown', 'unknown'] };

/** The servers of a service, each with whether it should get connections now. */
function servers(service) {
  const one = (it, use) => h('div', { class: 'mark' }, sign((TURNS[it.expected] ?? TURNS.unknown)[0], 14), `${it.instance}${use} ${(TURNS[it.expected] ?? TURNS.unknown)[1]}`);
  return [...service.members.map(it => one(it, '')), ...service.backups.map(it => one(it, ' (backup)'))];
}

/** Where the last connections of clients led. */
function clients(service) {
  return service.dials.map(it => h('div', null, `${it.address}: ${it.failure ? words(it.failure.kind) : `${it.instance ?? 'no known member'} (${it.role})`}`));
}

/** Which servers each load balancer uses. */
function balancers(service) {
  const used = it => it.servers.filter(server => server.serves).map(server => server.name).join(', ') || 'none';
  return service.balancers.map(it => h('div', null,
    `${it.node}: ${it.failure ? words(it.failure.kind) : it.loaded === false ? 'not loaded' : it.loaded === null ? 'unknown' : used(it)}`));
}

export function objects({ inventory, services, cluster, drifts }) {
  const about = part => drifts.filter(it => it.part === part);
  const marked = part => about(part).map(it => h('span', { class: 'mark' }, sign(stateOf(it), 14), ` ${words(it.about ?? it.kind)}`));
  const undeclared = kind => drifts.filter(it => it.kind === kind && it.part).map(it => [it.part.replace(/^\w+ /, ''), it]);
  const section = (title, columns, rows) => rows.length > 0 && h('details', null, h('summary', null, `${title} (${rows.length})`),
    h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': title }, h('table', null,
      h('thead', null, h('tr', null, columns.map(it => h('th', { scope: 'col' }, it)))),
      h('tbody', null, rows.map(([name, ...cells]) => h('tr', null, h('th', { scope: 'row' }, name), cells.map(it => h('td', null, it))))))));
  const parts = [
    section('Services', ['Service', 'Port', 'Leads to', 'Check', 'By the live roles', 'Clients reach', 'Load balancers use', 'Drift'],
      services.map(it => [it.name, it.port, it.destination, it.check, servers(it), clients(it), balancers(it), marked(`service ${it.name}`)])),
    section('Databases', ['Database', 'Owner', 'State', 'Schemas', 'Extensions', 'Drift'], [
      ...inventory.databases.map(it => [it.name, it.owner ?? '', it.state, it.schemas.join(', '), it.extensions.join(', '), marked(`database ${it.name}`)]),
      ...undeclared('database_undeclared').map(([name, it]) => [name, '', 'not declared', '', '', marked(it.part)])]),
    section('Roles', ['Role', 'State', 'Attributes', 'Member of', 'Drift'], [
      ...inventory.roles.map(it => [it.name, it.state, it.attributes.map(words).join(', '), it.memberOf.join(', '), marked(`role ${it.name}`)]),
      ...undeclared('database_role_undeclared').map(([name, it]) => [name, 'not declared', '', '', marked(it.part)])]),
  ].filter(Boolean);
  const vip = cluster.vip && h('p', null, `Virtual address ${cluster.vip.address}: `,
    cluster.vip.leadsTo ? `leads to ${cluster.vip.leadsTo}` : cluster.vip.failure ?? 'leads to no known server');
  return h('div', null, (parts.length > 0 || vip) && h('h2', null, 'Declared services, databases and roles'), vip, parts);
}
