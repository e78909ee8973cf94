/* Building and updating nodes. Text only ever enters through textContent: nothing a visitor wrote can become markup. */

const SVG = 'http://www.w3.org/2000/svg';

export const $ = (id) => document.getElementById(id);

/** Make an element; unknown keys of `props` become attributes, null and false leave them out. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (key === 'class') node.className = value;
    else if (key === 'text') node.textContent = value;
    else if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? '' : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== ''));
  return node;
}

/** The outline that stands for an urgency level. */
export function shape(level) {
  const svg = document.createElementNS(SVG, 'svg');
  const use = document.createElementNS(SVG, 'use');
  svg.setAttribute('class', 'shape');
  svg.setAttribute('aria-hidden', 'true');
  use.setAttribute('href', `#shape-${level}`);
  svg.append(use);
  return svg;
}

/** Write only what differs, so that selections and screen readers are left alone. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function setHidden(node, hidden) {
  if (node.hidden !== hidden) node.hidden = hidden;
}

/**
 * Make the children of `list` follow `items` (each with an id), keeping the nodes that stay.
 * Moving a node takes the focus away from it, so the focus is given back afterwards.
 */
export function reconcile(list, items, make, update) {
  const focused = list.contains(document.activeElement) ? document.activeElement : null;
  const old = new Map([...list.children].map((node) => [node.dataset.id, node]));
  const wanted = new Set(items.map((item) => item.id));
  for (const [id, node] of old) if (!wanted.has(id)) node.remove();
  items.forEach((item, index) => {
    const node = old.get(item.id) ?? make(item);
    node.dataset.id = item.id;
    if (list.children[index] !== node) list.insertBefore(node, list.children[index] ?? null);
    update(node, item);
  });
  if (focused?.isConnected && document.activeElement !== focused) focused.focus({ preventScroll: true });
}
