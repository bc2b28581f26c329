/** The lines she waits in, live: one store for the product pages and for her reservations. */
import {api, live, session} from './state.js';

export const WAITLIST_TOPIC = 'customers/me/waitlistEntries';
const PATH = '/v1/waitlistEntries';

class WaitlistStore extends EventTarget {
  /** Entries that wait or are offered, newest first; undefined before the first reading. */
  entries;
  error;
  #subscribed = false;
  #reading;

  constructor() {
    super();
    session.events.addEventListener('change', ({detail}) => {
      if (detail.reason === 'guest') return;
      this.entries = undefined;
      this.#changed();
      if (this.#subscribed) this.read();
    });
  }

  /** Watches her lines once there is a session; a visitor who did nothing waits for nothing. */
  start() {
    if (!session.known) return;
    if (this.#subscribed) return;
    this.#subscribed = true;
    live.subscribe([WAITLIST_TOPIC], ({kind, data}) => {
      if (kind === 'reset') return void this.read();
      const state = kind === 'watchWaitlistEntriesResponse' && data.watchWaitlistEntriesResponse;
      if (state) this.#set(state.entries ?? []);
    });
    this.read();
  }

  /** Reads her lines. */
  read() {
    this.#reading ??= api.get(PATH, {query: {pageSize: 100}})
      .then(({entries = []}) => this.#set(entries.filter(({state}) => state === 'WAITING' || state === 'OFFERED')),
        (error) => { this.error = error; this.#changed(); })
      .finally(() => { this.#reading = undefined; });
    return this.#reading;
  }

  /** Her entry in the line for a SKU at a store; undefined when she is not in it. */
  entry(sku, store) {
    return this.entries?.find((each) => each.sku === sku && each.store === store);
  }

  /** Puts her in line. */
  async join(sku, store, idempotencyKey) {
    const entry = await api.post(PATH, {sku, store, quantity: 1}, {idempotencyKey});
    this.#put(entry);
    this.start();
    return entry;
  }

  /** Takes what is offered: resolves with the entry, which names its reservation. */
  async accept(entry, idempotencyKey) {
    const taken = await api.post(`/v1/${entry.name}:accept`, {}, {idempotencyKey});
    this.#drop(taken);
    return taken;
  }

  /** Takes her out of line. */
  async leave(entry, idempotencyKey) {
    const left = await api.post(`/v1/${entry.name}:leave`, {}, {idempotencyKey});
    this.#drop(left);
    return left;
  }

  #put(entry) {
    this.#set([entry, ...(this.entries ?? []).filter((each) => each.name !== entry.name)]);
  }

  #drop(entry) {
    this.#set((this.entries ?? []).filter((each) => each.name !== entry.name));
  }

  #set(entries) {
    this.entries = entries;
    this.error = undefined;
    this.#changed();
  }

  #changed() { this.dispatchEvent(new Event('change')); }
}
export const waitlist = new WaitlistStore();
