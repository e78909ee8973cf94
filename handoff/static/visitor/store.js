// What this tab remembers: the token, the messages the server has not stored yet, and the words not sent yet.
// sessionStorage ends with the tab. Where a browser forbids it, memory serves and a reload begins anew.

const TOKEN = "nachtlicht";
const UNSENT = "nachtlicht.unsent";
const DRAFT = "nachtlicht.draft";
const DEVICE = "nachtlicht.device";
const memory = new Map();

function read(key) {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return memory.get(key) || null;
  }
}

function write(key, value) {
  try {
    if (value) sessionStorage.setItem(key, value);
    else sessionStorage.removeItem(key);
  } catch {
    memory.set(key, value);
  }
}

export const token = { get: () => read(TOKEN), set: (value) => write(TOKEN, value), forget: () => write(TOKEN, "") };

// By choice only, and beyond the tab: that this device was here. Never a word of a talk.
export const device = {
  get() {
    try {
      return localStorage.getItem(DEVICE) || "";
    } catch {
      return "";
    }
  },
  set(value) {
    try {
      if (value) localStorage.setItem(DEVICE, value);
      else localStorage.removeItem(DEVICE);
    } catch {
      // Not remembered, then.
    }
  },
};

export const draft = { get: () => read(DRAFT) || "", set: (value) => write(DRAFT, value) };

export const unsent = {
  get() {
    try {
      return JSON.parse(read(UNSENT)) || [];
    } catch {
      return [];
    }
  },
  set: (items) => write(UNSENT, items.length ? JSON.stringify(items) : ""),
};

export function forgetAll() {
  memory.clear();
  device.set("");
  try {
    sessionStorage.clear();
  } catch {
    // Nothing was kept there.
  }
}
