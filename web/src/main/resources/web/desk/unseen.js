/** Reservations nobody at their store has seen yet, over all stores: those that escalated first. */
import {ApiError} from 'filo/api.js';
import {api, live} from './state.js';

const FRESH_MS = 30_000;
const BURST_MS = 1500;
const MOST = 200;

/** Whether it should have been seen by now. */
export const late = (reservation) => Boolean(reservation.escalateTime);

const time = (text) => Date.parse(text ?? '') || 0;

/** The longest late first, then what is late soonest. */
const byUrgency = (a, b) => late(b) - late(a) || (late(a) ? time(a.expireTime) - time(b.expireTime) : time(a.acknowledgeDueTime ?? a.expireTime) - time(b.acknowledgeDueTime ?? b.expireTime));

class Unseen extends EventTarget {
  /** The reservations; undefined before the first reading. */
  list;
  /** Whether there are more than these. */
  more = false;
  asOf;
  error;
  #end;
  #timer;
  #burst;
  #reading;

  /** Keeps the list fresh: what happens to reservations is said in conversations, and those are live. */
  start() {
    if (this.#end) return;
    this.#end = live.subscribe(['conversations'], ({kind}) => {
      if (kind === 'reset') return void this.read();
      clearTimeout(this.#burst);
      this.#burst = setTimeout(() => this.read(), BURST_MS);
    });
    // What the store does alone is said to nobody.
    this.#timer = setInterval(() => { if (document.visibilityState === 'visible') this.read(); }, FRESH_MS);
    this.read();
  }

  /** Forgets all, at sign-out. */
  stop() {
    this.#end?.();
    this.#end = undefined;
    clearInterval(this.#timer);
    clearTimeout(this.#burst);
    this.list = undefined;
    this.error = undefined;
    this.#changed();
  }

  /** Reads it again. */
  read() { return (this.#reading ??= this.#read().finally(() => { this.#reading = undefined; })); }

  async #read() {
    try {
      const {reservations = [], nextPageToken} = await api.get('/v1/reservations', {query: {unacknowledged: true, pageSize: MOST}});
      if (!this.#end) return;
      this.list = reservations.sort(byUrgency);
      this.more = Boolean(nextPageToken);
      this.asOf = new Date().toISOString();
      this.error = undefined;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.error = error;
    }
    this.#changed();
  }

  /** How many should have been seen by now. */
  get late() { return (this.list ?? []).filter(late).length; }

  #changed() { this.dispatchEvent(new Event('change')); }
}

export const unseen = new Unseen();
