/** What a customer looked at, told to the journey in small batches; only once there is a session, never before. */
import {newId} from 'filo/api.js';
import {api, session} from './state.js';

let waiting = [];
let timer;

/** Notes a touchpoint: `product_view`, `search`. */
export function track(type, subject, title) {
  if (!session.known) return;
  waiting.push({id: newId(), time: new Date().toISOString(), type, subject: subject.slice(0, 200), title: title?.slice(0, 300)});
  clearTimeout(timer);
  timer = setTimeout(send, 1500);
}

async function send() {
  const touchpoints = waiting;
  waiting = [];
  if (!touchpoints.length) return;
  try {
    await api.post('/v1/touchpoints:batchCreate', {touchpoints});
  } catch { /* a trace of what was looked at is not worth a second try */ }
}

addEventListener('visibilitychange', () => { if (document.visibilityState === 'hidden') send(); });
