// Building nodes and reading the page's texts. Everything a person wrote goes in as text, never as markup.

const SVG = "http://www.w3.org/2000/svg";
const sentences = JSON.parse(byId("texts").textContent);

export function byId(id) {
  return document.getElementById(id);
}

/** The sentence under `page.<key>`, with `{names}` filled in. `{line}` is always known. */
export function say(key, values = {}) {
  const known = { line: document.body.dataset.line, ...values };
  const sentence = sentences[`page.${key}`] || "";
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => (name in known ? known[name] : whole));
}

/** An element. `attributes` are set as such; functions become listeners (`{click: ...}`). */
export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name, value);
    else if (value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== ""));
  return node;
}

export function lamp() {
  const picture = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", "#lamp");
  picture.setAttribute("class", "lamp");
  picture.setAttribute("aria-hidden", "true");
  picture.append(use);
  return picture;
}

/** True where Enter may send: a keyboard is likely. On a phone Enter is a new line. */
export function finePointer() {
  return matchMedia("(pointer: fine)").matches;
}

/** A client id. `randomUUID` exists only on secure origins; a line may be tried out on plain http in a local network. */
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
