// Elements are made from data as text only: nothing here parses HTML.

const SVG = 'http://www.w3.org/2000/svg';

function fill(element, properties, children) {
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false || child === '') continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return element;
}

/** An HTML element; a property that is a function is a listener: onclick. */
export function h(tag, properties, ...children) {
  return fill(document.createElement(tag), properties, children);
}

/** An SVG element. */
export function s(tag, properties, ...children) {
  return fill(document.createElementNS(SVG, tag), properties, children);
}

/**
 * Makes the children of an element those of a list, in order. A child whose key and content are the same stays,
 * with its focus and what the user has opened in it.
 *
 * @param items each with a key, what it is made from, and a function that makes it
 */
export function keyed(parent, items) {
  const before = new Map([...parent.children].map(child => [child.dataset.key, child]));
  let place = parent.firstElementChild;
  for (const [key, content, make] of items) {
    const text = JSON.stringify(content);
    let child = before.get(String(key));
    before.delete(String(key));
    if (!child || child.madeFrom !== text) {
      const made = make();
      made.dataset.key = key;
      made.madeFrom = text;
      if (child) {
        keepOpen(child, made);
        child.replaceWith(made);
        if (child === place) place = made;
      }
      child = made;
    }
    if (child === place) place = place.nextElementSibling;
    else parent.insertBefore(child, place);
  }
  before.forEach(child => child.remove());
}

function keepOpen(before, after) {
  const names = list => [...list.querySelectorAll('details')];
  const now = names(after);
  names(before).forEach((details, index) => { if (now[index]) now[index].open = details.open; });
  const focused = document.activeElement;
  if (before.contains(focused)) {
    const all = list => [list, ...list.querySelectorAll('a, button, input, select, summary, [tabindex]')];
    const target = all(after)[all(before).indexOf(focused)];
    if (target) queueMicrotask(() => target.focus({ preventScroll: true }));
  }
}

const SHAPES = {
  ok: ['circle', 'M5 8.5l2 2 4-4.5'],
  critical: ['octagon', 'M8 4.2v4.6M8 11v1'],
  warning: ['triangle', 'M8 6v3.6M8 11.6v1'],
  info: ['circle', 'M8 7.2v4.4M8 4.4v1'],
  unknown: ['square', 'M5.7 6.2a2.3 2.3 0 1 1 3.4 2q-1.1.6-1.1 1.6M8 12v.3'],
  suspended: ['circle', 'M6.4 5.4v5.2M9.6 5.4v5.2'],
};
const OUTLINES = {
  circle: 'M8 1.2a6.8 6.8 0 1 1 0 13.6a6.8 6.8 0 1 1 0-13.6z',
  octagon: 'M5.2 1.2h5.6l4 4v5.6l-4 4H5.2l-4-4V5.2z',
  triangle: 'M8 1.4L15.4 14.6H.6z',
  square: 'M3.5 1.2h9q2.3 0 2.3 2.3v9q0 2.3-2.3 2.3h-9q-2.3 0-2.3-2.3v-9q0-2.3 2.3-2.3z',
};

/** A sign whose shape says the same as its colour; the text beside it says it too. */
export function sign(state, size = 16) {
  const [outline, mark] = SHAPES[state] ?? SHAPES.unknown;
  return s('svg', { class: `sign ${state}`, viewBox: '0 0 16 16', width: size, height: size, 'aria-hidden': 'true' },
    s('path', { class: 'outline', d: OUTLINES[outline] }), s('path', { class: 'mark', d: mark }));
}

export function badge(state, text, title) {
  return h('span', { class: `badge ${state}`, title }, sign(state, 14), h('span', null, text));
}
