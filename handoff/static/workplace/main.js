/* The counsellors' workplace: puts the parts together. How news travel: socket -> talks/queue -> what draws them. */

import * as alarm from './alarm.js';
import * as alerts from './alerts.js';
import { on } from './bus.js';
import * as composer from './composer.js';
import * as dialogs from './dialogs.js';
import { $, setText } from './dom.js';
import * as keys from './keys.js';
import * as leaving from './leaving.js';
import * as memory from './memory.js';
import * as mine from './mine.js';
import * as notifications from './notifications.js';
import * as outbox from './outbox.js';
import * as panes from './panes.js';
import * as queue from './queue.js';
import * as socket from './socket.js';
import * as sound from './sound.js';
import * as talk from './talk.js';
import * as talks from './talks.js';
import * as thread from './thread.js';
import * as urgency from './urgency.js';

const LINK = { open: 'Verbonden', lost: 'Geen verbinding' };

function linkChanged(state) {
  $('link').dataset.state = state;
  setText($('link-text'), LINK[state]);
  document.body.dataset.link = state;
  if (state === 'open') talks.refreshAll(); // whatever happened meanwhile
}

/** Unsent lines of before a reload or a break go out as soon as it is sure that the talk is mine. */
function sendWaiting() {
  for (const talk of talks.mine()) if (outbox.unsentCount(talk.id)) outbox.run(talk);
}

/** After a reload, the talk that was open is open again. */
function reopen() {
  const id = memory.opened();
  if (!talks.opened() && id && talks.get(id)) talks.open(id);
}

function pasteNumber(event) {
  const words = event.target.closest('.paste')?.dataset.words;
  if (!words) return;
  $('numbers').hidePopover();
  composer.insert(words);
}

function tick() {
  queue.tick();
  mine.tick();
  talk.tick();
  alerts.showBadge();
}

addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); }); // not the picture of before a logout
for (const part of [alarm, alerts, notifications, urgency, panes, dialogs, leaving, mine, queue, talk, composer, keys, sound]) part.start();
thread.start(composer.insert);
on('link', linkChanged);
on('mine-known', sendWaiting);
on('mine-known', reopen);
on('sent', thread.toEnd);
$('numbers').addEventListener('click', pasteNumber);
$('logout').addEventListener('submit', memory.forgetAll);
setInterval(tick, 1_000);
socket.start();
