// Numbers and times as people read them.

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

export function bytes(count) {
  if (count === null || count === undefined) return '?';
  let value = count;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) { value /= 1024; unit++; }
  return `${value >= 10 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}

/** How long, with two units at most: 3 m 20 s. */
export function lasting(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} m${whole < 600 && whole % 60 ? ` ${whole % 60} s` : ''}`;
  if (whole < 86400) return `${Math.floor(whole / 3600)} h${whole % 3600 >= 60 ? ` ${Math.floor(whole % 3600 / 60)} m` : ''}`;
  return `${Math.floor(whole / 86400)} d${whole % 86400 >= 3600 ? ` ${Math.floor(whole % 86400 / 3600)} h` : ''}`;
}

/** An ISO 8601 duration in seconds, as Java prints it: PT1H2M3.5S. */
export function seconds(duration) {
  const found = /^PT(?:(-?\d+)H)?(?:(-?\d+)M)?(?:(-?[\d.]+)S)?$/.exec(duration ?? '');
  return found ? 3600 * (found[1] ?? 0) + 60 * (found[2] ?? 0) + Number(found[3] ?? 0) : null;
}

const ZONE = 'pgtopo.zone';
let zone = 'local';
try { zone = localStorage.getItem(ZONE) ?? 'local'; } catch { /* a browser may refuse to store anything */ }

export function isUtc() {
  return zone === 'utc';
}

export function toggleZone() {
  zone = isUtc() ? 'local' : 'utc';
  try { localStorage.setItem(ZONE, zone); } catch { /* then it is forgotten */ }
}

const two = number => String(number).padStart(2, '0');

/** A moment in the chosen zone: only the time of day if it is today. */
export function moment(instant, now = new Date()) {
  const at = new Date(instant);
  const utc = isUtc();
  const day = date => utc ? date.toISOString().slice(0, 10)
    : `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const time = utc ? at.toISOString().slice(11, 19) : `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  return `${day(at) === day(now) ? '' : `${day(at)} `}${time}${utc ? 'Z' : ''}`;
}

/** Both zones, for a tooltip. */
export function both(instant) {
  const at = new Date(instant);
  return `${at.toISOString().slice(0, 19)}Z; ${at.toLocaleString()} local time`;
}

/** A timeline as far as it is known: the control file has a lower bound. */
export function timelineOf(timeline) {
  return !timeline || timeline.source === 'hidden' ? '?' : `${timeline.source === 'control_file' ? '≥ ' : ''}${timeline.id}`;
}

/** pg-test-10 after pg-test-2. */
export const natural = new Intl.Collator('en', { numeric: true }).compare;

export const words = text => String(text).replaceAll('_', ' ');

export const count = (number, thing) => `${number} ${thing}${number === 1 ? '' : 's'}`;
