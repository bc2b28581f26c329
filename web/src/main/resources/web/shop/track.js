/**
 * What a customer looked at, told to the journey in small batches. Nothing leaves the page before there is a session;
 * what led to her first act (a cart, a question) is told with it, and forgotten if there never is one.
 */
import {newId} from 'filo/api.js';
import {api, session} from './state.js';

const BEFORE_MOST = 20;

let waiting = [];
let timer;

/** Notes a touchpoint: `product_view`, `search`. */
export function track(type, subject, title) {
  waiting.push({id: newId(), time: new Date().toISOString(), type, subject: subject.slice(0, 200), title: title?.slice(0, 300)});
  if (session.known) sendSoon();
  else waiting = waiting.slice(-BEFORE_MOST);
}

function sendSoon() {
  clearTimeout(timer);
  timer = setTimeout(send, 1500);
}

async function send() {
  if (!session.known) return;
  const touchpoints = waiting;
  waiting = [];
  if (!touchpoints.length) return;
  try {
    await api.post('/v1/touchpoints:batchCreate', {touchpoints});
  } catch { /* a trace of what was looked at is not worth a second try */ }
}

session.events.addEventListener('change', ({detail}) => {
  if (['guest', 'signIn'].includes(detail.reason)) sendSoon();
  else waiting = [];
});
addEventListener('visibilitychange', () => { if (document.visibilityState === 'hidden') send(); });
