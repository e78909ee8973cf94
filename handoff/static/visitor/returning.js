// Back to a conversation with a return code that was written down; and on from a left message to a new talk.

import { byId, say } from "./dom.js";

const LETTERS = 13;

export class Returning {
  code = ""; // typed and not accepted yet: goes along with the next greeting
  #box = byId("returning");
  #field = byId("code");
  #fault = byId("code-fault");

  /** `onCode()` opens the line; `onAnew()` leaves this conversation for a new one. */
  constructor({ onCode, onAnew }) {
    byId("return-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit(onCode);
    });
    const anew = byId("anew");
    anew.addEventListener("click", () => {
      if (!anew.dataset.sure) return sure(anew, true);
      sure(anew, false);
      onAnew();
    });
    anew.addEventListener("blur", () => sure(anew, false));
  }

  /** Offered only while there is no conversation. */
  offer(on) {
    this.#box.hidden = !on;
  }

  #submit(onCode) {
    const code = this.#field.value.replace(/[^0-9a-z]/gi, "");
    if (code.length !== LETTERS) return this.refuse(say("code_empty"));
    this.#fault.textContent = "";
    this.code = code;
    onCode();
  }

  accept() {
    this.code = this.#field.value = "";
    this.offer(false);
  }

  refuse(text) {
    this.code = "";
    this.#fault.textContent = text;
    this.#field.focus();
  }
}

/** Who has not kept the code could not come back: asked once more, on the button itself. */
function sure(button, on) {
  if (on) button.dataset.sure = "1";
  else delete button.dataset.sure;
  button.textContent = say(on ? "anew_sure" : "anew");
}
