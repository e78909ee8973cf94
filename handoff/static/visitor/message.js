// The nodes of one message: who, words, numbers to call, cards of help, buttons to answer with.

import { byId, lamp, make, say } from "./dom.js";

const CLASS = { visitor: "own", bot: "from-bot", helper: "from-helper", system: "from-system" };

/** Number as written in a text → tel: address. Only numbers of the directory become links. */
const known = new Map(JSON.parse(byId("numbers").textContent).map((number) => [number, telephone(number)]));
const always = Array.from(document.querySelectorAll("#emergency [data-number]"), (link) => link.dataset.number);

export function messageNode({ seq = 0, sender, kind, text, helper, code, lang, referrals = [] }) {
  const emergency = kind === "emergency";
  const words = sender === "visitor" ? [text] : withNumbers(text);
  const node = make("div", { class: `message ${CLASS[sender]} kind-${kind}` }, who(sender, helper, emergency));
  if (sender === "visitor") node.setAttribute("aria-live", "off"); // your own words need no reading out
  node.append(make("div", { class: "bubble" }, make("p", { class: "text", ...tongue(lang, sender) }, ...words), code ? make("p", { class: "code" }, code) : "", emergency ? callRow(text) : ""));
  if (referrals.length) node.append(make("ul", { class: "cards" }, ...referrals.map(card)));
  node.dataset.seq = seq;
  return node;
}

/** Other languages than the page's are read out and stand as they should; what people type stands as its letters ask. */
function tongue(lang, sender) {
  if (lang) return { lang, dir: lang === "ar" ? "rtl" : "ltr" };
  return sender === "visitor" || sender === "helper" ? { dir: "auto" } : {};
}

function who(sender, helper, emergency) {
  if (emergency) return make("p", { class: "who" }, say("emergency"));
  if (sender === "visitor") return make("p", { class: "who unseen" }, say("you"));
  if (sender === "bot") return make("p", { class: "who" }, lamp(), document.body.dataset.line);
  if (sender === "system") return make("p", { class: "who unseen" }, say("system"));
  return make("p", { class: "who" }, helper ? say("state_human", helper) : say("helper"));
}

/** Splits a text around the numbers we know. No lookbehind: older phones cannot read a module that has it. */
function withNumbers(text) {
  const numbers = [...known.keys()].sort((a, b) => b.length - a.length);
  if (!numbers.length) return [text];
  const escaped = numbers.map((number) => number.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const parts = text.split(new RegExp(`(^|[^\\d-])(${escaped.join("|")})(?![\\d-]*\\d)`));
  return parts.map((part, index) => (index % 3 === 2 ? make("a", { href: known.get(part) }, part) : part));
}

/** Large buttons for the numbers an emergency text names; for those of the page where it names none. */
function callRow(text) {
  const links = withNumbers(text).filter((part) => part instanceof Node);
  const named = new Set(links.map((link) => link.textContent));
  const numbers = named.size ? [...named] : always;
  return make("div", { class: "calls" }, ...numbers.map((number) => callLink(number, known.get(number))));
}

function callLink(number, href) {
  return make("a", { class: "call", href }, say("help_call", { number }));
}

function telephone(number) {
  return `tel:${number.replace(/[^\d+]/g, "")}`;
}

function card({ id, name, what, why, phone = [], site = [], hours, cost }) {
  const lines = [
    make("h3", {}, name),
    why && make("p", { class: "why" }, why),
    what && make("p", {}, what),
    hours && make("p", { class: "fact" }, `${say("hours")}: ${hours}`),
    cost && make("p", { class: "fact" }, `${say("cost")}: ${cost}`),
  ];
  const numbers = phone.filter((number) => /\d/.test(number));
  const ways = [...numbers.map((number) => callLink(number, telephone(number))), ...site.map(siteLink)].filter(Boolean);
  return make("li", { class: "card", "data-place": id }, ...lines.filter(Boolean), ways.length ? make("div", { class: "calls" }, ...ways) : "");
}

/** Directory entries may leave out the scheme. Anything that is not https in the end is not linked. */
function siteLink(site) {
  let address;
  try {
    address = new URL(site.includes("://") ? site : `https://${site}`);
  } catch {
    return null;
  }
  if (address.protocol !== "https:") return null;
  const label = say("site", { site: address.hostname.replace(/^www\./, "") });
  const note = make("span", { class: "unseen" }, ` (${say("new_tab")})`);
  return make("a", { class: "site", href: address.href, target: "_blank", rel: "noreferrer noopener" }, label, note);
}

export function choiceRow(choices, onChoose, lang) {
  const buttons = choices.map((choice) => make("button", { type: "button", ...tongue(lang), click: () => onChoose(choice) }, choice.label));
  return make("div", { class: "choices", role: "group", "aria-label": say("choices") }, ...buttons);
}
