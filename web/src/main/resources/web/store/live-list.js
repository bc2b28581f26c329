/** A list of the store that is read once, then followed live; its last state is kept for times without a network. */
import {ApiError} from 'filo/api.js';
import {copyOf, keepCopy} from './db.js';
import {api, learnClock, live} from './state.js';

/** Announces `change`, and `arrived` with `detail.entries` when entries come while it is followed. */
export class LiveList extends EventTarget {
  /** Whether there is a list to show. */
  known = false;
  error;
  /** When it was true, as the server says. */
  asOf;
  #entries = [];
  #names = null;
  #store;
  #end;
  #kind;
  #field;

  /** @param {string} kind the last part of its name, `pickList` @param {string} field where its entries are */
  constructor(kind, field) {
    super();
    this.#kind = kind;
    this.#field = field;
  }

  /** What tells one entry from the others. */
  idOf(entry) { return entry.name; }

  /** Whether an entry that comes is news. */
  isNews() { return true; }

  get entries() { return this.#entries; }

  get store() { return this.#store; }

  /** Follows a store's list; undefined ends it. */
  follow(store) {
    if (store === this.#store) return;
    this.#end?.();
    this.#end = undefined;
    this.#store = store;
    this.#entries = [];
    this.#names = null;
    this.asOf = undefined;
    this.known = false;
    this.error = undefined;
    if (store) {
      this.#kept(store);
      this.#end = live.subscribe([`${store}/${this.#kind}`], ({kind, data}) => {
        if (kind === 'reset') return void this.read();
        if (kind === this.#kind && data[kind]) this.#take(data[kind]);
      });
      this.read();
    }
    this.changed();
  }

  /** Reads it again. */
  async read() {
    const store = this.#store;
    if (!store) return;
    try {
      const list = await api.get(`/v1/${store}/${this.#kind}`);
      learnClock(list.asOfTime);
      if (store === this.#store) this.#take(list);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (store !== this.#store) return;
      this.error = error;
      this.changed();
    }
  }

  #take(list) {
    if (this.asOf && list.asOfTime < this.asOf && this.#names) return;
    this.#entries = list[this.#field] ?? [];
    this.asOf = list.asOfTime;
    this.known = true;
    this.error = undefined;
    keepCopy(`${this.#store}/${this.#kind}`, list);
    const before = this.#names;
    this.#names = new Set(this.#entries.map((each) => this.idOf(each)));
    const entries = before ? this.#entries.filter((each) => !before.has(this.idOf(each)) && this.isNews(each)) : [];
    this.changed();
    if (entries.length) this.dispatchEvent(new CustomEvent('arrived', {detail: {entries}}));
  }

  async #kept(store) {
    const copy = await copyOf(`${store}/${this.#kind}`);
    if (!copy || store !== this.#store || this.known) return;
    this.#entries = copy.value[this.#field] ?? [];
    this.asOf = copy.value.asOfTime;
    this.known = true;
    this.changed();
  }

  /** An answer tells how entries stand before the list itself says it. */
  replace(change) {
    this.#entries = change(this.#entries);
    this.changed();
  }

  changed() { this.dispatchEvent(new Event('change')); }
}
