/**
 * What was done at the store, in order, until the server has it. Every act is written to IndexedDB (durability
 * `strict`) before it is sent; one tab at a time sends, oldest first, under a Web Lock; an act keeps its idempotency key
 * for all its tries. Without a network it waits and is seen waiting; a refusal stays until somebody has read it.
 */
import {openDB} from 'idb';
import {ApiError, explain, newId} from 'filo/api.js';
import {underLock} from 'filo/session.js';
import {api, live, session} from './state.js';

const STORE = 'acts';
const LOCK = 'filo-store.queue';
const RETRY_MS = [3000, 6000, 15_000, 30_000];

const CALLS = {
  prepare: (act) => [`/v1/${act.reservation}:prepare`, {}],
  refuse: (act) => [`/v1/${act.reservation}:refuse`, {reason: act.reason}],
  collect: (act) => [`/v1/${act.store}/pickups:collect`, {pickupCode: act.code}],
};

class Queue extends EventTarget {
  /** All acts, oldest first: {seq, key, kind, store, reservation, code, reason, words, at, state, problem}. */
  acts = [];
  #database;
  #waiting = new Map(); // key -> what tells the one who asked
  #failures = 0;
  #timer;
  #channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel(LOCK) : null;

  /** Opens the queue of earlier and sends what waits. */
  async start() {
    this.#database = await openDB('filo-store', 1, {upgrade: (database) => database.createObjectStore(STORE, {keyPath: 'seq', autoIncrement: true})});
    await this.#read();
    this.#channel?.addEventListener('message', () => this.#read());
    addEventListener('online', () => this.send());
    live.events.addEventListener('status', () => { if (live.status.state === 'live' && this.count && !this.#timer) this.send(); });
    session.events.addEventListener('change', ({detail}) => { if (detail.reason === 'signIn') this.send(); });
    this.send();
  }

  /** How many still wait to be sent. */
  get count() { return this.acts.filter((each) => each.state === 'waiting').length; }

  /** The waiting act about a reservation, if there is one. */
  about(reservation) { return this.acts.find((each) => each.reservation === reservation && each.state === 'waiting'); }

  /**
   * Does something now, or as soon as it can be done.
   * @returns {Promise<{state: 'done' | 'refused' | 'waiting', answer?: object, error?: ApiError}>} how the first try ended
   */
  async add(act) {
    const entry = {...act, key: newId(), at: Date.now(), state: 'waiting'};
    const told = new Promise((resolve) => { this.#waiting.set(entry.key, resolve); });
    const transaction = this.#database.transaction(STORE, 'readwrite', {durability: 'strict'});
    await Promise.all([transaction.store.add(entry), transaction.done]);
    await this.#read();
    this.send();
    return told;
  }

  /** Puts a refused act away once it has been read. */
  async dismiss(seq) {
    await this.#database.delete(STORE, seq);
    this.#tell();
  }

  /** Sends what waits, oldest first, one at a time. */
  send() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    return underLock(LOCK, () => this.#sendAll());
  }

  async #sendAll() {
    // Read anew under the lock: another tab may have sent meanwhile.
    for (const act of await this.#database.getAll(STORE)) {
      if (act.state !== 'waiting') continue;
      try {
        const [path, body] = CALLS[act.kind](act);
        const answer = await api.post(path, body, {idempotencyKey: act.key});
        await this.#put(act, null);
        this.#failures = 0;
        this.#answer(act, {state: 'done', answer});
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (error.passing || error.status === 401 || error.kind === 'garbage') {
          // Order matters: what comes after waits too.
          for (const each of this.acts) this.#answer(each, {state: 'waiting', error});
          this.#timer = setTimeout(() => this.send(), RETRY_MS[Math.min(this.#failures++, RETRY_MS.length - 1)]);
          return;
        }
        const asked = this.#waiting.has(act.key);
        await this.#put(act, asked ? null : {...act, state: 'refused', problem: explain(error), reason_: error.reason});
        this.#answer(act, {state: 'refused', error});
      }
    }
  }

  #answer(act, outcome) {
    this.#waiting.get(act.key)?.(outcome);
    this.#waiting.delete(act.key);
    if (outcome.state !== 'waiting') this.dispatchEvent(new CustomEvent('answered', {detail: {act, ...outcome}}));
  }

  async #put(act, next) {
    const transaction = this.#database.transaction(STORE, 'readwrite', {durability: 'strict'});
    await Promise.all([next ? transaction.store.put(next) : transaction.store.delete(act.seq), transaction.done]);
    await this.#tell();
  }

  async #tell() {
    await this.#read();
    this.#channel?.postMessage('changed');
  }

  async #read() {
    this.acts = await this.#database.getAll(STORE);
    this.dispatchEvent(new Event('change'));
  }
}

export const queue = new Queue();
