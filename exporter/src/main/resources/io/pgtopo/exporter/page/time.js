// Moments that go on: each shows when it was and how long ago, in the chosen zone, and is refreshed every second.

import { h } from './dom.js';
import { both, lasting, moment } from './format.js';
import { agentNow } from './live.js';

/** A moment; with its age unless that is of no interest. */
export function stamp(instant, withAge = true) {
  const time = h('time', { datetime: instant, title: both(instant) });
  time.dataset.age = withAge ? 'yes' : 'no';
  show(time);
  return time;
}

const INSTANT = /(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)/;

/** A text whose moments are shown in the chosen zone. */
export const timed = text => text.split(INSTANT).map((part, index) => index % 2 === 1 ? stamp(part, false) : part);

/** How old something is that was read at a moment. */
export function ageSince(instant) {
  const time = h('time', { datetime: instant });
  time.dataset.age = 'only';
  show(time);
  return time;
}

function show(time) {
  const instant = time.getAttribute('datetime');
  const ago = (agentNow() - Date.parse(instant)) / 1000;
  const text = time.dataset.age === 'only' ? lasting(ago) : time.dataset.age === 'yes' ? `${moment(instant, new Date(agentNow()))} (${lasting(ago)}${ago < -1 ? ' ahead' : ' ago'})` : moment(instant, new Date(agentNow()));
  if (time.textContent !== text) time.textContent = text;
}

export function refreshTimes() {
  document.querySelectorAll('time[data-age]').forEach(show);
}
