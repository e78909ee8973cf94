// The messages on the screen in their order. `order` is the server's number; Infinity for words not stored yet; 0 for what
// was there before; a half for what the page itself said in between.
// An entry: {node, order, sender, id?, status?, choices?, local?, failed?}.

export class Entries {
  #list = [];
  #parent;

  constructor(parent) {
    this.#parent = parent;
    parent.querySelectorAll("[data-static]").forEach((node) => this.#list.push({ node, order: 0, sender: "bot" }));
  }

  /** The echo of the visitor's own words with this client id. */
  echo(id) {
    return id ? this.#list.find((entry) => entry.id === id) : undefined;
  }

  /** The welcome that came with the page and has no number yet. */
  get statics() {
    return this.#list.filter(isStatic);
  }

  /** The last thing that was said, by the visitor or to the visitor. */
  get lastSaid() {
    const said = this.#list.filter(({ failed, local, sender, choices }) => !failed && !local && (sender !== "system" || choices?.length));
    return said[said.length - 1];
  }

  /** The order of something that comes after all that has an order now. */
  get end() {
    const orders = this.#list.map(({ order }) => order).filter(Number.isFinite);
    return Math.floor(Math.max(0, ...orders)) + 0.5;
  }

  /** Moves a node only where the order really changes: a moved node loses focus and may be read out again. */
  place(entry) {
    this.#list = this.#list.filter((other) => other !== entry);
    let index = this.#list.length;
    while (index && this.#list[index - 1].order > entry.order) index -= 1;
    this.#list.splice(index, 0, entry);
    const next = this.#list[index + 1]?.node || null;
    const { node } = entry;
    if (node.parentNode !== this.#parent || node.nextElementSibling !== next) this.#parent.insertBefore(node, next);
  }

  take(entries) {
    entries.forEach((entry) => entry.node.remove());
    this.#list = this.#list.filter((entry) => !entries.includes(entry));
  }

  /** What has a number now loses it and stays above all that follows. */
  restart() {
    const past = this.#list.filter((entry) => Number.isFinite(entry.order) && !isStatic(entry));
    past.forEach((entry) => Object.assign(entry, { order: 0, choices: [] }));
  }
}

function isStatic({ node }) {
  return "static" in node.dataset;
}
