// Which numbers of the conversation are here. Pure bookkeeping.

export class Numbers {
  last = 0; // highest number up to which nothing is missing
  #highest = 0;
  #seen = new Set();

  has(seq) {
    return this.#seen.has(seq);
  }

  mark(seq) {
    this.#seen.add(seq);
    this.#highest = Math.max(this.#highest, seq);
    while (this.#seen.has(this.last + 1)) this.last += 1;
  }

  get hasGap() {
    return this.#highest > this.last;
  }

  restart() {
    this.last = this.#highest = 0;
    this.#seen.clear();
  }
}
