/**
 * What an agent has begun to write, per conversation, in IndexedDB. A draft belongs to one agent and one conversation:
 * it is looked up by both and follows nobody else.
 */
import {openDB} from 'idb';
import {person} from './state.js';

const STORE = 'drafts';
const WAIT_MS = 150;

class Drafts extends EventTarget {
  #texts = new Map();
  #timers = new Map();
  #database;
  #ready;

  /** Resolves when the drafts of earlier have been read. */
  get ready() { return (this.#ready ??= this.#read()); }

  #key(conversation) { return `${person.claims?.name ?? ''} ${conversation}`; }

  async #read() {
    try {
      this.#database = await openDB('filo-desk', 1, {upgrade: (database) => database.createObjectStore(STORE)});
      const [keys, values] = await Promise.all([this.#database.getAllKeys(STORE), this.#database.getAll(STORE)]);
      keys.forEach((key, i) => { if (!this.#texts.has(key)) this.#texts.set(key, values[i].text); });
    } catch { /* drafts then live as long as this page */ }
    this.dispatchEvent(new Event('change'));
  }

  /** The draft of a conversation, '' when there is none. */
  of(conversation) { return this.#texts.get(this.#key(conversation)) ?? ''; }

  /** Keeps a draft; an empty one is forgotten. Announces `saved` when it is on disk. */
  put(conversation, text) {
    const key = this.#key(conversation);
    text ? this.#texts.set(key, text) : this.#texts.delete(key);
    clearTimeout(this.#timers.get(key));
    this.#timers.set(key, setTimeout(() => this.#write(key, conversation), text ? WAIT_MS : 0));
  }

  /** Writes what is still waiting. */
  flush() {
    for (const [key, timer] of this.#timers) {
      clearTimeout(timer);
      this.#write(key);
    }
  }

  async #write(key, conversation) {
    this.#timers.delete(key);
    const text = this.#texts.get(key);
    try {
      await (text ? this.#database?.put(STORE, {text, at: Date.now()}, key) : this.#database?.delete(STORE, key));
    } catch { return; }
    this.dispatchEvent(new CustomEvent('saved', {detail: {conversation, kept: Boolean(text)}}));
  }
}

export const drafts = new Drafts();
addEventListener('pagehide', () => drafts.flush());
