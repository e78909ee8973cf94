// A number that is missing in the conversation: ask again from the last one that is surely here. The server may have
// numbers that no visitor sees, so asking stops after a few times; nothing that did arrive is held back meanwhile.

const SETTLE = 150; // frames on their way often close the gap by themselves
const AGAIN = 2_000;
const TRIES = 3;

export class GapWatch {
  #timer = 0;
  #from = -1;
  #tries = 0;

  constructor(numbers, ask) {
    Object.assign(this, { numbers, ask });
  }

  check() {
    if (!this.numbers.hasGap || this.#timer) return;
    if (this.#from !== this.numbers.last) this.#tries = 0;
    this.#from = this.numbers.last;
    if (this.#tries >= TRIES) return;
    this.#timer = setTimeout(() => this.#due(), this.#tries ? AGAIN : SETTLE);
  }

  #due() {
    this.#timer = 0;
    if (!this.numbers.hasGap) return;
    if (this.#from === this.numbers.last) {
      this.#tries += 1;
      this.ask();
    }
    this.check();
  }
}
