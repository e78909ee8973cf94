/* A worker that only ticks. Browsers slow the timers of a hidden tab to one a minute, and a lease lasts less than that:
   without this, a helper who looks something up in another tab would lose the conversation. */

const EVERY = 10_000;

setInterval(() => postMessage(0), EVERY);
