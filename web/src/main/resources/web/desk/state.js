/** What the whole desk shares: session, API, live stream, who is signed in, stores, small settings. */
import {createSession} from 'filo/session.js';
import {createApi} from 'filo/api.js';
import {createLive} from 'filo/live.js';
import {storesOf} from 'filo/stores.js';
import {Person} from 'filo/staff/staff.js';

export const session = createSession({app: 'desk', clientId: 'desk-web'});
export const api = createApi(session);
export const live = createLive({session});
export const person = new Person(session);

/** Whether an agent is signed in. */
export const isAgent = () => person.is('agent');

/** Whether a manager is signed in, who makes vouchers. */
export const isManager = () => person.is('manager');

let known = new Map();

/** All stores people visit, by name: a Map. */
export const allStores = storesOf(api, (stores) => { known = stores; });

/** The time zone a store's times are told in; undefined, one's own, until its stores are known. */
export const zoneOf = (store) => known.get(store)?.timeZone;

/** A setting of this browser: `setting('keys', true).get()`, `.set(false)`. */
export function setting(name, initial) {
  const key = `filo.desk.${name}`;
  return {
    get() {
      try { return JSON.parse(localStorage.getItem(key)) ?? initial; } catch { return initial; }
    },
    set(value) {
      try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* for this visit only */ }
    },
  };
}
