/** What the whole store app shares: session, API, live stream, who is signed in, and which store this is. */
import {createSession} from 'filo/session.js';
import {ApiError, createApi} from 'filo/api.js';
import {createLive} from 'filo/live.js';
import {storesOf} from 'filo/stores.js';
import {Person} from 'filo/staff/staff.js';
import {net} from './net.js';

export const session = createSession({app: 'store', clientId: 'store-web'});
export const live = createLive({session});
export const person = new Person(session);

const plainApi = createApi(session);

/** The API; each answer, and each that does not come, tells whether there is a network. */
export const api = Object.fromEntries(Object.entries(plainApi).map(([name, call]) => [name, async (...given) => {
  try {
    const answer = await call(...given);
    net.heard();
    return answer;
  } catch (error) {
    if (error instanceof ApiError) error.status > 0 ? net.heard() : net.lost();
    throw error;
  }
}]));

const SILENT_MS = 4000;

live.events.addEventListener('status', () => {
  const {state, lastAt} = live.status;
  if (state === 'live') net.heard(lastAt);
});

/** Looks at the stream: it tries to connect again, and for how long. To be called every few seconds. */
export function lookAtStream() {
  const {state, lastAt} = live.status;
  if (!net.away && ['connecting', 'offline'].includes(state) && lastAt && Date.now() - Math.max(lastAt, net.heardAt) > SILENT_MS) net.probe();
}

// This device's clock against the server's: what was true when is told in the server's time.
const CLOCK = 'filo.store.clock';
const CLOCK_MS = 2000;
let ahead = 0;
try { ahead = Number(localStorage.getItem(CLOCK)) || 0; } catch { /* taken as right */ }

/** Learns from an answer that was true just now by how much this device's clock is ahead. */
export function learnClock(asOfTime) {
  const difference = Date.now() - Date.parse(asOfTime);
  ahead = Math.abs(difference) < CLOCK_MS ? 0 : difference;
  try { localStorage.setItem(CLOCK, String(ahead)); } catch { /* for this visit only */ }
}

/** Now, in ms, by the server's clock as far as it is known. */
export const now = () => Date.now() - ahead;

/** Whether somebody of a store's staff is signed in. */
export const isStaff = () => person.is('store_staff');

const CHOSEN = 'filo.store.chosen';
const ABOUT = 'filo.store.about';

const read = (key) => {
  try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
};
const write = (key, value) => {
  try { value === null ? localStorage.removeItem(key) : localStorage.setItem(key, JSON.stringify(value)); } catch { /* for this visit only */ }
};

/** Which store this device works for. Announces `change`. */
class Here extends EventTarget {
  #chosen = read(CHOSEN);
  #about = read(ABOUT);
  #reading;

  /** `stores/x`: the one chosen, or the only one; undefined while there is a choice to make. */
  get name() {
    const stores = person.claims?.stores ?? [];
    return stores.includes(this.#chosen) ? this.#chosen : stores.length === 1 ? stores[0] : undefined;
  }

  /** The store itself, as far as it is known. */
  get about() {
    if (this.name && this.#about?.name !== this.name) this.#read(this.name);
    return this.#about?.name === this.name ? this.#about : undefined;
  }

  get title() { return this.about?.title ?? this.name?.split('/')[1] ?? ''; }

  /** One of six bands of colour, always the same for a store. */
  get band() { return [...(this.name ?? '')].reduce((sum, each) => (sum * 31 + each.codePointAt(0)) >>> 0, 7) % 6; }

  choose(name) {
    this.#chosen = name;
    write(CHOSEN, name ?? null);
    this.dispatchEvent(new Event('change'));
  }

  #read(name) {
    if (this.#reading === name) return;
    this.#reading = name;
    api.get(`/v1/${name}`, {auth: 'optional'}).then((store) => {
      this.#about = store;
      write(ABOUT, store);
      this.dispatchEvent(new Event('change'));
    }, () => { this.#reading = undefined; });
  }
}
export const here = new Here();

/** All stores people visit, by name: a Map. */
export const allStores = storesOf(api);
