// Whether the primary could be replaced now, by whom, and what the loss of each node would cost.

import { badge, h, sign } from './dom.js';
import { bytes } from './format.js';

const STATES = { yes: 'ok', no: 'warning', unknown: 'unknown' };
const answer = (text, what) => badge(STATES[text] ?? 'unknown', what ? `${what}: ${text}` : text);

export function takeover(safety) {
  const { candidates, concerns, nodes } = safety;
  return h('div', { class: 'takeover' },
    h('p', { class: 'states' }, answer(safety.failover, 'failover'), answer(safety.switchover, 'switchover')),
    reasons(concerns),
    candidates.length > 0 && h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Candidates' }, h('table', null,
      h('thead', null, h('tr', null, ['Candidate', 'Failover', 'Switchover', 'Lacks', 'To replay'].map(it => h('th', { scope: 'col' }, it)))),
      h('tbody', null, candidates.map(it => h('tr', null, h('th', { scope: 'row' }, it.ins),
        h('td', null, answer(it.failover)), h('td', null, answer(it.switchover)),
        h('td', null, it.lostBytesMost === null ? 'unknown' : bytes(it.lostBytesMost)),
        h('td', null, it.toReplayBytes === null ? 'unknown' : bytes(it.toReplayBytes))))))),
    candidates.some(it => it.concerns.length > 0) && h('details', null, h('summary', null, 'Why'),
      candidates.filter(it => it.concerns.length > 0).map(it => [h('h3', null, it.ins), reasons(it.concerns)])),
    nodes.length > 0 && h('details', null, h('summary', null, 'If a node is lost'),
      nodes.map(it => [h('h3', null, `${it.node} (${it.instances.join(', ')})`), h('p', null, answer(it.safe, 'safe to lose')),
        it.effects.length > 0 && h('ul', null, it.effects.map(effect => h('li', null, effect)))])));
}

/** What decides first, then what is only to be noted. */
function reasons(concerns) {
  const rank = it => it.failover === 'no' || it.switchover === 'no' ? 0 : it.failover === 'unknown' || it.switchover === 'unknown' ? 1 : 2;
  const state = ['warning', 'unknown', 'info'];
  const only = it => it.failover === it.switchover ? '' : it.switchover === 'yes' ? ' (failover only)' : it.failover === 'yes' ? ' (switchover only)' : '';
  return concerns.length > 0 && h('ul', { class: 'reasons' }, [...concerns].sort((a, b) => rank(a) - rank(b))
    .map(it => h('li', null, sign(state[rank(it)], 14), h('span', null, it.text + only(it)))));
}
