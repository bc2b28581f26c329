/**
 * What was done at the store, in order, until the server has it. Every act is written to IndexedDB (durability
 * `strict`) before it is sent; one tab at a time sends, oldest first, under a Web Lock; an act keeps its idempotency key
 * and the time it was done for all its tries. Without a network it waits and is seen waiting; a refusal stays until
 * somebody has dealt with it; what was sent stays in sight for a while.
 */
import {ApiError, explain, newId} from 'filo/api.js';
import {underLock} from 'filo/session.js';
import {STRICT, database} from './db.js';
import {net} from './net.js';
import {api, live, now, person, session} from './state.js';

const STORE = 'acts';
const LOCK = 'filo-store.queue';
const RETRY_MS = [2000, 4000, 8000, 15_000, 30_000];
const SENT_MOST = 30;
// Whoever did it still looks at it for so long; a refusal that comes later is kept.
const LOOKS_MS = 5000;
// A server that cannot do one act must not keep the others waiting for ever.
const FAULTS_MOST = 6;

const found = (items) => (items ?? [])[0]?.variant?.sku;

/** For each kind of act: the path, the body, and what of the answer counts as a refusal. */
const CALLS = {
  acknowledge: {path: (act) => `/v1/${act.reservation}:acknowledge`, body: () => ({})},
  prepare: {path: (act) => `/v1/${act.reservation}:prepare`, body: (act) => (act.shelf ? {shelf: act.shelf} : {})},
  refuse: {
    path: (act) => `/v1/${act.reservation}:refuse`,
    body: (act) => ({reason: act.reason, ...(act.cause ? {cause: act.cause} : {}), ...(act.lines ? {lines: act.lines} : {})}),
  },
  collect: {
    path: (act) => `/v1/${act.store}/pickups:collect`,
    body: (act) => ({pickupCode: act.code, ...(act.lines ? {lines: act.lines} : {}), ...(act.releaseRest ? {releaseRest: true} : {}), ...(act.serials ? {serials: act.serials} : {}), ...(act.serialsRequired ? {serialsRequired: true} : {})}),
    // The code was somebody else's: hers is what has been handed over in the books.
    refusal: (act, answer) => (act.reservation && answer.name !== act.reservation ? new ApiError('refused', {reason: 'CODE_OF_ANOTHER', metadata: {who: answer.customerDisplayName ?? ''}}) : null),
  },
  count: {
    // Counted without a network by its barcode: which item that is, is asked before it is sent.
    async prepare(act) {
      if (act.sku) return act;
      const sku = found((await api.get('/v1/variants:batchGet', {query: {gtins: act.gtin, skus: act.gtin}, retries: 0})).items);
      if (!sku) throw new ApiError('refused', {status: 404, reason: 'SKU_NOT_FOUND', metadata: {sku: act.gtin}});
      return {...act, sku};
    },
    path: () => '/v1/stockMovements:batchCreate',
    body: (act) => ({movements: [{id: act.key, kind: 'COUNT', sku: act.sku, location: act.store, quantity: act.quantity, effectiveTime: new Date(act.at).toISOString(), cause: 'store-page'}]}),
    refusal(act, answer) {
      const result = answer.results?.[0] ?? {};
      return result.outcome === 'REFUSED' ? new ApiError('refused', {reason: result.reason, detail: result.detail}) : null;
    },
  },
  putBack: {path: (act) => `/v1/${act.store}/putBackList:complete`, body: (act) => ({reservation: act.reservation})},
};

class Queue extends EventTarget {
  /**
   * All acts, oldest first: {seq, key, kind, store, by, byName, at, words, state, …}; state is `waiting`, `refused` or
   * `done`; `tried` says that the server may know of it, `problem` why it was refused, `answeredAt` when.
   */
  acts = [];
  #waiting = new Map(); // key -> what tells the one who asked
  #failures = 0;
  #timer;
  #channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel(LOCK) : null;

  /** Opens the queue of earlier and sends what waits. */
  async start() {
    navigator.storage?.persist?.().catch(() => { /* the browser may drop it when the disk is full */ });
    await this.#read();
    this.#channel?.addEventListener('message', ({data}) => {
      this.#read();
      if (data?.answered) this.dispatchEvent(new CustomEvent('answered', {detail: {...data.answered, elsewhere: true}}));
    });
    for (const sign of ['online', 'pageshow']) addEventListener(sign, () => this.send());
    document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible' && this.count) this.send(); });
    net.addEventListener('change', () => { if (!net.away) this.send(); });
    live.events.addEventListener('status', () => { if (live.status.state === 'live' && this.count && !this.#timer) this.send(); });
    session.events.addEventListener('change', ({detail}) => { if (detail.reason === 'signIn') this.send(); });
    person.addEventListener('change', () => this.dispatchEvent(new Event('change')));
    this.send();
  }

  /** What still waits to be sent. */
  get waiting() { return this.acts.filter((each) => each.state === 'waiting'); }
  /** How many still wait to be sent. */
  get count() { return this.waiting.length; }
  /** What was refused and nobody has dealt with. */
  get refused() { return this.acts.filter((each) => each.state === 'refused'); }
  /** Whether an act is sent in the name of whoever is signed in. */
  mine(act) { return !act.by || act.by === person.claims?.name; }

  /** The waiting acts about a reservation, oldest first. */
  about(reservation) { return this.acts.filter((each) => each.reservation === reservation && each.state === 'waiting'); }

  /**
   * Does something now, or as soon as it can be done.
   * @returns {Promise<{state: 'done' | 'refused' | 'waiting', act: object, answer?: object, error?: ApiError}>} how the
   * first try ended; without a network it is `waiting` at once
   */
  async add(act) {
    const entry = {...act, key: newId(), at: now(), by: person.claims?.name, byName: person.claims?.displayName, state: 'waiting'};
    const told = new Promise((resolve) => { this.#waiting.set(entry.key, {resolve, since: performance.now()}); });
    const transaction = (await database()).transaction(STORE, 'readwrite', STRICT);
    const [seq] = await Promise.all([transaction.store.add(entry), transaction.done]);
    await this.#tell();
    if (net.away) this.#resolve({...entry, seq}, {state: 'waiting'});
    this.send();
    return told;
  }

  /** Puts a refused act away once it has been dealt with. */
  async dismiss(seq) {
    await (await database()).delete(STORE, seq);
    await this.#tell();
  }

  /** Takes an act back that the server cannot know of; false when it may. */
  withdraw(seq) {
    return underLock(LOCK, async () => {
      const act = await (await database()).get(STORE, seq);
      if (!act || act.state !== 'waiting' || act.tried) return false;
      await this.dismiss(seq);
      return true;
    });
  }

  /** Lets an act wait again, in the name of whoever is signed in: a fault may have passed, or its author gone home. */
  async again(seq) {
    const act = await (await database()).get(STORE, seq);
    if (!act) return;
    const {problem, reasonCode, answeredAt, faults, ...rest} = act;
    await this.#put({...rest, state: 'waiting', by: person.claims?.name, byName: person.claims?.displayName});
    this.send();
  }

  /** Sends what waits, oldest first, one at a time. */
  send() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    return underLock(LOCK, () => this.#sendAll());
  }

  #later(ms) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.send(), ms ?? RETRY_MS[Math.min(this.#failures++, RETRY_MS.length - 1)]);
  }

  async #sendAll() {
    // Read anew under the lock: another tab may have sent meanwhile.
    for (;;) {
      const act = (await (await database()).getAll(STORE)).find((each) => each.state === 'waiting' && this.mine(each));
      if (!act) return;
      if (!person.claims) return;
      // Without a network nothing is tried: what was never sent can still be taken back.
      if (net.away && !(await net.probe())) {
        for (const each of this.acts) this.#resolve(each, {state: 'waiting'});
        return this.#later();
      }
      if (!(await this.#sendOne(act))) return;
    }
  }

  /** Sends one; false when the others have to wait. */
  async #sendOne(given) {
    let act = given;
    const call = CALLS[act.kind];
    try {
      if (call.prepare) act = await call.prepare(act);
      act = {...act, tried: true};
      await this.#put(act);
      const answer = await api.post(call.path(act), call.body(act), {idempotencyKey: act.key});
      const refusal = call.refusal?.(act, answer);
      if (refusal) throw refusal;
      this.#failures = 0;
      await this.#answered(act, {state: 'done', answer});
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const fault = error.kind === 'garbage' || error.status === 500;
      const faults = (act.faults ?? 0) + (fault ? 1 : 0);
      if ((error.passing || fault || error.status === 401) && faults < FAULTS_MOST) {
        if (fault) await this.#put({...act, faults});
        // Order matters: what comes after waits too.
        for (const each of this.acts) this.#resolve(each, {state: 'waiting', error});
        this.#later(error.retryAfter ? error.retryAfter * 1000 : undefined);
        return false;
      }
      await this.#answered(act, {state: 'refused', error});
      return true;
    }
  }

  async #answered(act, {state, answer, error}) {
    // Whoever waits for the answer is told now; what is refused after the fact stays until it has been dealt with.
    const asked = performance.now() - (this.#waiting.get(act.key)?.since ?? -Infinity) < LOOKS_MS;
    const database_ = await database();
    const transaction = database_.transaction(STORE, 'readwrite', STRICT);
    if (state === 'refused' && asked) await transaction.store.delete(act.seq);
    else await transaction.store.put({...act, state, answeredAt: Date.now(), ...(error ? {problem: explain(error), reasonCode: error.reason, metadata: error.metadata} : {onHand: answer.results?.[0]?.level?.onHand})});
    const sent = (await transaction.store.getAll()).filter((each) => each.state === 'done');
    for (const old of sent.slice(0, Math.max(0, sent.length - SENT_MOST))) await transaction.store.delete(old.seq);
    await transaction.done;
    await this.#read();
    this.#resolve(act, {state, answer, error});
    const detail = {act, state, answer, error, asked};
    this.dispatchEvent(new CustomEvent('answered', {detail}));
    this.#channel?.postMessage({answered: {act, state, answer}});
  }

  #resolve(act, outcome) {
    this.#waiting.get(act.key)?.resolve({...outcome, act});
    this.#waiting.delete(act.key);
  }

  async #put(act) {
    const transaction = (await database()).transaction(STORE, 'readwrite', STRICT);
    await Promise.all([transaction.store.put(act), transaction.done]);
    await this.#tell();
  }

  async #tell() {
    await this.#read();
    this.#channel?.postMessage({});
  }

  async #read() {
    this.acts = await (await database()).getAll(STORE);
    this.dispatchEvent(new Event('change'));
  }
}

export const queue = new Queue();
