// What the agent answers, and how old that is. Each page has one stream of events; without one it polls.

/** The smallest answer that says when the last cycle ended. */
const SMALL = '/api/v1/drift?severity=critical';
const POLL_MILLIS = 5000;
const LONGEST_WAIT_MILLIS = 15000;
const LONGEST_SILENCE_MILLIS = 20000;

/** Why a request was not answered. */
export class Refused extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

export const live = {
  /** connecting, live, polling, lost, unauthorised or unknown (the agent has no fresh cycle). */
  status: 'connecting',
  reason: '',
  endedAt: null,
  /** When that was received, by a clock that nobody sets, and how old it was by the agent's. */
  receivedAt: 0,
  ageAtReceipt: 0,
};

const listeners = new Set();

export function onEvent(listener) {
  listeners.add(listener);
}

function tell(event, data) {
  listeners.forEach(listener => listener(event, data));
}

function become(status, reason = '') {
  const isNew = live.status !== status || live.reason !== reason;
  live.status = status;
  live.reason = reason;
  if (isNew) tell('status', {});
}

function received(endedAt, age) {
  live.endedAt = endedAt;
  live.ageAtReceipt = age;
  live.receivedAt = performance.now();
}

/** What is shown is as a cycle saw it that has just ended. */
export function confirm(endedAt) {
  received(endedAt, 0);
}

/** Seconds since the end of the cycle that is shown; null before the first one. */
export function age() {
  return live.endedAt === null ? null : live.ageAtReceipt + (performance.now() - live.receivedAt) / 1000;
}

/** The time of the agent, as far as it is known: ages are differences of its own times. */
export function agentNow() {
  return live.endedAt === null ? Date.now() : Date.parse(live.endedAt) + 1000 * age();
}

export function isStale() {
  return live.status === 'lost' || live.status === 'unknown' || live.status === 'unauthorised';
}

let askedAt = 0;

/**
 * Asks the agent itself if no event came for long: the stream may be broken, held back by a proxy or dead, or the
 * interval is long. A cycle that it does not know makes the view read anew: its age is never shown beside an older picture.
 */
export async function ask() {
  const patience = live.status === 'live' ? LONGEST_SILENCE_MILLIS : POLL_MILLIS;
  const now = performance.now();
  if (stream === null || document.hidden || live.endedAt === null || now - Math.max(live.receivedAt, askedAt) < patience) return;
  askedAt = now;
  const before = live.endedAt;
  const answer = await get(SMALL).catch(() => null);
  // An event may have come meanwhile.
  if (answer && stream && ![before, live.endedAt].includes(answer.endedAt)) {
    become('polling');
    tell('snapshot', answer);
  }
}

/** What a path answers, as JSON. */
export async function get(path) {
  let answer;
  try {
    answer = await fetch(path, { headers: { Accept: 'application/json' }, signal: AbortSignal.timeout(LONGEST_WAIT_MILLIS) });
  } catch {
    become('lost', 'the agent does not answer');
    throw new Refused(0, 'the agent does not answer');
  }
  const isJson = (answer.headers.get('Content-Type') ?? '').includes('json');
  const body = isJson ? await answer.json().catch(() => ({})) : {};
  if (!answer.ok) {
    const detail = body.detail ?? `status ${answer.status}`;
    if (answer.status === 401) become('unauthorised', detail);
    // With Retry-After it is only busy.
    if (answer.status === 503 && !answer.headers.has('Retry-After')) become('unknown', detail);
    throw new Refused(answer.status, detail);
  }
  const old = answer.headers.get('X-Pgtopo-Age');
  if (body.endedAt && old !== null) {
    // The smallest answer is not shown: what is shown is as old as it was.
    if (path !== SMALL) received(body.endedAt, Number(old));
    if (live.status === 'lost') become(stream?.readyState === EventSource.OPEN ? 'live' : 'polling');
  }
  return body;
}

let stream = null;
let retry = 0;

/** Follows the agent, for as long as the page is looked at. */
export function follow() {
  document.addEventListener('visibilitychange', () => document.hidden ? leave() : open());
  open();
}

function leave() {
  clearTimeout(retry);
  stream?.close();
  stream = null;
}

function open() {
  leave();
  stream = new EventSource('/api/v1/events');
  for (const event of ['snapshot', 'change', 'unchanged']) {
    stream.addEventListener(event, message => {
      const data = JSON.parse(message.data);
      become('live');
      tell(event, data);
    });
  }
  stream.addEventListener('unknown', message => become('unknown', JSON.parse(message.data).reason));
  stream.addEventListener('error', () => {
    if (stream && stream.readyState === EventSource.CLOSED) {
      // Refused, not broken: too many pages are open, or the login is wanted.
      stream = null;
      poll();
    } else if (live.status === 'connecting') {
      become('polling');
    } else if (live.status === 'live') {
      become('lost', 'the connection to the agent is lost; trying again');
    }
  });
}

async function poll() {
  try {
    const before = live.endedAt;
    const answer = await get(SMALL);
    become('polling');
    if (answer.endedAt !== before) tell('snapshot', answer);
  } catch { /* the status says it */ }
  if (!document.hidden) retry = setTimeout(live.status === 'polling' ? poll : open, POLL_MILLIS);
}
