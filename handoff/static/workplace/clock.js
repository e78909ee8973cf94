/* The service's clock: what lasts and what is due must not depend on a laptop's. */

let skew = 0;

/** Milliseconds since 1970 as the server counts them. */
export const serverNow = () => Date.now() + skew;

/** Takes over the server's clock from a frame that carries it. */
export function noteClock(now) {
  const at = Date.parse(now);
  if (!Number.isNaN(at)) skew = at - Date.now();
}
