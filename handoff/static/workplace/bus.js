/* News between modules, so that they need not import each other in circles. */

const bus = new EventTarget();

export const on = (name, listener) => bus.addEventListener(name, (event) => listener(event.detail));

export const emit = (name, detail) => bus.dispatchEvent(new CustomEvent(name, { detail }));
