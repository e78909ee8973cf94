// Scrolling: the newest words come into view by themselves, unless the visitor is reading back.

const NEAR = 48; // pixels from the end that still count as "at the end"
const AIR = 12; // room above the first line of what is new

export class Follower {
  #scroller;
  #button;
  #following = false; // at first there is only the welcome, and it is read from its beginning
  #placed = 0; // where this put the words last: elsewhere, the visitor scrolled
  #height = 0; // of the frame at that moment: in another one, the browser may have moved them
  #first = null; // the first message since the visitor's own: it never scrolls out at the top unread

  constructor(scroller, button) {
    this.#scroller = scroller;
    this.#button = button;
    scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    button.addEventListener("click", () => this.#end());
    // The keyboard or a growing input takes height away: what was visible at the end stays visible.
    new ResizeObserver(() => this.#following && this.#end()).observe(scroller);
  }

  /** `always`: what nobody may miss. `person`: what a person says or what happens to one, unless the visitor scrolled away. */
  arrived(node, { own, always, person }) {
    const comes = person && this.#untouched;
    this.#first = own ? null : comes ? node : this.#first || node;
    this.#following = this.#following || own || !this.#overflows;
    if (!this.#overflows) node.scrollIntoView({ block: "nearest" });
    else if (own) this.#end();
    else if (always) this.#to(this.#top(withOwnLanguage(node)));
    else if (comes || this.#following) this.#to(this.#top(this.#first));
    this.#button.hidden = this.#atEnd;
  }

  get #overflows() {
    return this.#scroller.scrollHeight > this.#scroller.clientHeight + 1;
  }

  get #atEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR;
  }

  #top(node) {
    return node.isConnected ? node.offsetTop - AIR : Infinity;
  }

  #to(top) {
    const { scrollHeight, clientHeight } = this.#scroller;
    this.#scroller.scrollTop = Math.min(top, scrollHeight - clientHeight);
    this.#placed = this.#scroller.scrollTop;
    this.#height = clientHeight;
    this.#following = this.#atEnd;
  }

  #end() {
    this.#to(Infinity);
    this.#button.hidden = true;
  }

  /** Nobody scrolled since this put the words where they are. */
  get #untouched() {
    return Math.abs(this.#scroller.scrollTop - this.#placed) < 2;
  }

  /** The event of our own scrolling comes late: the end may have moved meanwhile, or the frame shrunk; it is followed all the same. */
  #scrolled() {
    const reframed = this.#scroller.clientHeight !== this.#height;
    this.#following = this.#atEnd || (this.#following && (reframed || this.#untouched));
    if (this.#atEnd) this.#button.hidden = true;
  }
}

/** The same help in the visitor's own language stands right before it, and is read first. */
function withOwnLanguage(node) {
  const before = node.previousElementSibling;
  return before?.classList.contains("kind-emergency") && before.querySelector(".text[lang]") ? before : node;
}
