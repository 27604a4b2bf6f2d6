// The tree as a file: the picture as it is drawn, or the text that the agent makes.

import { h } from './dom.js';
import { live } from './live.js';

const COPIED = ['fill', 'stroke', 'stroke-width', 'stroke-dasharray', 'stroke-linecap', 'font-size', 'font-weight', 'font-family', 'text-anchor', 'opacity'];
const SHARPER = 2;

/** The picture with its styles in it, on a background of its own. */
function standalone(picture) {
  const copy = picture.cloneNode(true);
  const from = picture.querySelectorAll('*');
  copy.querySelectorAll('*').forEach((element, index) => {
    const style = getComputedStyle(from[index]);
    COPIED.forEach(name => { if (style[name] !== '') element.setAttribute(name, style.getPropertyValue(name)); });
    const place = from[index].style.transform.match(/translate\((.+)px, (.+)px\)/);
    if (place) element.setAttribute('transform', `translate(${place[1]} ${place[2]})`);
    ['tabindex', 'role', 'style'].forEach(name => element.removeAttribute(name));
  });
  const back = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  back.setAttribute('width', '100%');
  back.setAttribute('height', '100%');
  back.setAttribute('fill', getComputedStyle(document.body).backgroundColor);
  copy.prepend(back);
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.removeAttribute('class');
  return new XMLSerializer().serializeToString(copy);
}

function save(blob, name) {
  const url = URL.createObjectURL(blob);
  h('a', { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

function png(picture, text, name) {
  const url = URL.createObjectURL(new Blob([text], { type: 'image/svg+xml' }));
  const image = new Image();
  image.addEventListener('load', () => {
    const canvas = h('canvas', { width: picture.getAttribute('width') * SHARPER, height: picture.getAttribute('height') * SHARPER });
    const pen = canvas.getContext('2d');
    pen.scale(SHARPER, SHARPER);
    pen.drawImage(image, 0, 0);
    canvas.toBlob(blob => save(blob, `${name}.png`));
    URL.revokeObjectURL(url);
  });
  image.src = url;
}

/** The menu of formats. */
export function exports(picture, cluster) {
  const name = () => `${cluster}-${(live.endedAt ?? '').slice(0, 19).replaceAll(':', '')}`;
  const menu = h('details', { class: 'menu' }, h('summary', null, 'Export'), h('div', null,
    h('button', { type: 'button', onclick: () => save(new Blob([standalone(picture)], { type: 'image/svg+xml' }), `${name()}.svg`) }, 'SVG'),
    h('button', { type: 'button', onclick: () => png(picture, standalone(picture), name()) }, 'PNG'),
    ['text', 'mermaid', 'dot'].map(format => h('a', { href: `/api/v1/tree?cluster=${encodeURIComponent(cluster)}&format=${format}`, target: '_blank', rel: 'noopener' },
      { text: 'Text', mermaid: 'Mermaid', dot: 'DOT' }[format])),
    h('button', { type: 'button', onclick: () => print() }, 'Print')));
  return menu;
}
