/* The service's HTTP commands. Every answer is a value or one of two errors: Refused (the service said no) or Unreachable. */

import { refusal as inWords } from './words.js';

const LOGIN = '/werkplek/inloggen';
const PATIENCE = 10_000; // a request that hangs longer is a lost connection; lines are sent again under the same id

export { noteClock, serverNow } from './clock.js';

export const toLogin = () => location.assign(LOGIN);

/** The service answered and refused; `code` is stable, `message` are words for the helper. */
export class Refused extends Error {
  constructor(status, code, message) {
    super(message);
    Object.assign(this, { status, code });
  }
}

/** No usable answer: the network, a restart, a proxy. Trying again is right. */
export class Unreachable extends Error {}

async function refusal(response) {
  const { code = '' } = await response.json().catch(() => ({}));
  return new Refused(response.status, code, inWords(code));
}

async function request(method, path, body) {
  const headers = { 'X-Nachtlicht': '1' }; // a header that another site's form cannot send
  if (body) headers['Content-Type'] = 'application/json';
  try {
    return await fetch(path, { method, headers, body: body && JSON.stringify(body), signal: AbortSignal.timeout(PATIENCE), cache: 'no-store' });
  } catch {
    throw new Unreachable();
  }
}

async function call(method, path, body) {
  const response = await request(method, path, body);
  if (response.status === 401) toLogin(); // what is unsent stays in the tab and goes out after the login
  if (response.status === 401 || response.status >= 500) throw new Unreachable();
  if (!response.ok) throw await refusal(response);
  if (response.status === 204) return null;
  return response.json().catch(() => { throw new Unreachable(); }); // cut off halfway
}

const at = (id, tail = '') => `/api/conversations/${encodeURIComponent(id)}${tail}`;

export const mine = () => call('GET', '/api/mine');
export const claim = (id) => call('POST', at(id, '/claim'), {});
export const transcript = (id, after) => call('GET', `${at(id)}?after=${after}`);
export const line = (id, body) => call('POST', at(id, '/lines'), body);
export const typing = (id, lease) => call('POST', at(id, '/typing'), { lease });
export const giveBack = (id, lease) => call('POST', at(id, '/give-back'), { lease });
export const seen = (id) => call('POST', at(id, '/seen'), {});
export const lower = (id, body) => call('POST', at(id, '/urgency'), body);
export const testAlarm = () => call('POST', '/api/alarms/test', {});
export const received = (id) => call('POST', `/api/alarms/${id}/received`, {});
export const answered = (id, lease) => call('POST', at(id, '/answered'), { lease });
export const close = (id, lease) => call('POST', at(id, '/close'), { lease });
