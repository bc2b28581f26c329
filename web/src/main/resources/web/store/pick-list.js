/** The store's pick list, live, with what waits in the queue laid over it; a copy is kept for times without a network. */
import {ApiError} from 'filo/api.js';
import {plain} from 'filo/ui.js';
import {api, here, live} from './state.js';
import {queue} from './queue.js';

const COPY = 'filo.store.pickList';

class PickList extends EventTarget {
  /** Whether there is a list to show. */
  known = false;
  error;
  /** When it was true, as the server says. */
  asOf;
  #list = [];
  #names = null;
  #store;
  #end;

  constructor() {
    super();
    queue.addEventListener('change', () => this.#changed());
    queue.addEventListener('answered', ({detail}) => { if (detail.answer?.name) this.#one(detail.answer); });
  }

  /** Follows a store's list; undefined ends it. */
  follow(store) {
    if (store === this.#store) return;
    this.#end?.();
    this.#end = undefined;
    this.#store = store;
    this.#list = [];
    this.#names = null;
    this.known = false;
    this.error = undefined;
    if (store) {
      this.#kept();
      this.#end = live.subscribe([`${store}/pickList`], ({kind, data}) => {
        if (kind === 'reset') return void this.read();
        if (kind === 'pickList' && data.pickList) this.#take(data.pickList);
      });
      this.read();
    }
    this.#changed();
  }

  async read() {
    const store = this.#store;
    try {
      const list = await api.get(`/v1/${store}/pickList`);
      if (store === this.#store) this.#take(list);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (store !== this.#store) return;
      this.error = error;
      this.#changed();
    }
  }

  #take(list) {
    if (this.asOf && list.asOfTime < this.asOf && this.#names) return;
    this.#list = list.reservations ?? [];
    this.asOf = list.asOfTime;
    this.known = true;
    this.error = undefined;
    try { localStorage.setItem(COPY, JSON.stringify({store: this.#store, ...list})); } catch { /* then there is none without a network */ }
    const before = this.#names;
    this.#names = new Set(this.#list.map((each) => each.name));
    const arrived = before ? this.#list.filter((each) => plain(each.state) === 'HELD' && !before.has(each.name)) : [];
    this.#changed();
    if (arrived.length) this.dispatchEvent(new CustomEvent('arrived', {detail: {reservations: arrived}}));
  }

  /** An answer tells how one reservation stands, before the list says it. */
  #one(reservation) {
    if (!this.#list.some((each) => each.name === reservation.name)) return;
    const open = ['HELD', 'PREPARED'].includes(plain(reservation.state));
    this.#list = open ? this.#list.map((each) => (each.name === reservation.name ? {...each, ...reservation} : each)) : this.#list.filter((each) => each.name !== reservation.name);
    this.#changed();
  }

  #kept() {
    try {
      const copy = JSON.parse(localStorage.getItem(COPY));
      if (copy?.store !== this.#store) return;
      this.#list = copy.reservations ?? [];
      this.asOf = copy.asOfTime;
      this.known = true;
    } catch { /* no copy */ }
  }

  /** Forgets the copy, at sign-out. */
  forget() {
    try { localStorage.removeItem(COPY); } catch { /* none */ }
  }

  /** As the server said, and as it will be once what waits is sent (`waits`). */
  get reservations() {
    return this.#list.map((each) => {
      const act = queue.about(each.name);
      return {...each, state: act?.kind === 'prepare' ? 'PREPARED' : plain(each.state), waits: act?.kind};
    });
  }

  get toPrepare() { return this.reservations.filter((each) => each.state === 'HELD' && each.waits !== 'refuse'); }
  get prepared() { return this.reservations.filter((each) => each.state === 'PREPARED'); }
  get(name) { return this.reservations.find((each) => each.name === name); }

  #changed() { this.dispatchEvent(new Event('change')); }
}

export const pickList = new PickList();
