/** One conversation's messages: those of the server in order, and those being sent, by key. */
import {ApiError, explain, newId} from 'filo/api.js';
import {authorKind} from 'filo/thread.js';
import {api, live, person} from './state.js';
import {inbox} from './inbox.js';

const PAGE = 50;
const KEPT = 20;
const stores = new Map();

export class ThreadStore extends EventTarget {
  known = false;
  error;
  conversation;
  #messages = new Map();
  #sending = [];
  #older;
  #end;
  #watching = 0;

  constructor(name) {
    super();
    this.name = name;
    this.customer = `customers/${name.split('/')[1]}`;
  }

  /** Reads and follows it; returns the end of following. Announces `change`, and `news` when something happened. */
  watch() {
    if (!this.#watching++) {
      const topics = [this.name, `${this.customer}/cart`, `${this.customer}/reservations`];
      this.#end = live.subscribe(topics, ({kind, topic, data}) => {
        if (kind === 'reset') return void ((topic ?? this.name) === this.name ? this.read() : this.#news());
        if (kind === 'conversation' && data.conversation) this.#take(data.conversation);
        if (kind === 'message' && data.message) {
          const fresh = !this.#messages.has(data.message.name);
          this.#put(this.#recognised(data.message));
          if (!fresh) return;
        }
        this.#changed();
        this.#news();
      });
      this.read();
    }
    return () => { if (!--this.#watching) this.#end(); };
  }

  get messages() {
    return [...[...this.#messages.values()].sort((a, b) => (a.name < b.name ? -1 : 1)), ...this.#sending];
  }

  get hasOlder() { return Boolean(this.#older); }

  async read() {
    try {
      const [conversation, page] = await Promise.all([api.get(`/v1/${this.name}`), api.get(`/v1/${this.name}/messages`, {query: {pageSize: PAGE}})]);
      this.#take(conversation);
      if (!this.known) this.#older = page.nextPageToken;
      for (const message of page.messages ?? []) this.#put(message);
      this.known = true;
      this.error = undefined;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.error = error;
    }
    this.#changed();
  }

  async readOlder() {
    const page = await api.get(`/v1/${this.name}/messages`, {query: {pageSize: PAGE, pageToken: this.#older}});
    this.#older = page.nextPageToken;
    for (const message of page.messages ?? []) this.#put(message);
    this.#changed();
  }

  /** Says something; shown at once. Resolves true when the server has it. */
  async send(text, key = newId()) {
    const message = {key, text, author: {kind: 'AGENT', displayName: person.claims?.displayName}, createTime: new Date().toISOString(), pending: true};
    this.#sending = [...this.#sending.filter((each) => each.key !== key), message];
    this.#changed();
    let sent = false;
    try {
      this.#put({...await api.post(`/v1/${this.name}/messages`, {text}, {idempotencyKey: key}), key});
      this.#sending = this.#sending.filter((each) => each.key !== key);
      sent = true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#sending = this.#sending.map((each) => (each.key === key ? {...each, pending: false, failed: explain(error)} : each));
    }
    this.#changed();
    return sent;
  }

  /** Gives it to the agent who is signed in. */
  async assign() { this.#take(await api.post(`/v1/${this.name}:assign`)); this.#changed(); }

  /** The matter is settled. */
  async resolve() { this.#take(await api.post(`/v1/${this.name}:resolve`)); this.#changed(); }

  #take(conversation) {
    if (this.conversation && Number(this.conversation.etag) > Number(conversation.etag)) return;
    this.conversation = conversation;
    inbox.put(conversation);
  }

  /** The event may come before the answer: then it takes the place of the one being sent. */
  #recognised(message) {
    if (authorKind(message) !== 'AGENT' || this.#messages.has(message.name)) return message;
    const own = this.#sending.find((each) => each.pending && each.text === message.text && each.author.displayName === message.author.displayName);
    if (!own) return message;
    this.#sending = this.#sending.filter((each) => each !== own);
    return {...message, key: own.key};
  }

  #put(message) {
    const before = this.#messages.get(message.name);
    this.#messages.set(message.name, before?.key ? {...message, key: before.key} : message);
  }

  #changed() { this.dispatchEvent(new Event('change')); }
  #news() { this.dispatchEvent(new Event('news')); }
}

/** The store of a conversation; the last few are kept, so that going back shows them at once. */
export function threadOf(name) {
  const found = stores.get(name) ?? new ThreadStore(name);
  stores.delete(name);
  stores.set(name, found);
  for (const key of stores.keys()) if (stores.size > KEPT) stores.delete(key);
  return found;
}

/** Forgets all, at sign-out. */
export const forgetThreads = () => stores.clear();
