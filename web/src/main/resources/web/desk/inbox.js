/** All conversations an agent has to know of, live: who waits, how long, whose they are. */
import {ApiError} from 'filo/api.js';
import {authorKind} from 'filo/thread.js';
import {plain} from 'filo/ui.js';
import {api, live, person, setting} from './state.js';

/** The lists there are, in the order of their tabs. */
export const TABS = ['mine', 'unassigned', 'open', 'resolved'];

const seen = setting('seen', {});
const SEEN_MOST = 400;

/** OPEN, RESOLVED or NEW. */
export const stateOf = (conversation) => plain(conversation?.state);

class Inbox extends EventTarget {
  /** Whether the open ones have been read once. */
  known = false;
  error;
  #threads = new Map();
  #seen = seen.get();
  #end;
  #reading;

  start() {
    this.#end ??= live.subscribe(['conversations'], ({kind, data}) => {
      if (kind === 'reset') return void this.read();
      if (kind === 'conversation' && data.conversation) this.put(data.conversation);
    });
    this.read();
  }

  /** Forgets all, at sign-out. */
  stop() {
    this.#end?.();
    this.#end = undefined;
    this.#threads.clear();
    this.known = false;
    this.error = undefined;
    this.#changed();
  }

  /** Reads the open conversations again. */
  read() { return (this.#reading ??= this.#read().finally(() => { this.#reading = undefined; })); }

  async #read() {
    try {
      const open = new Map();
      let pageToken;
      do {
        const page = await api.get('/v1/conversations', {query: {filter: 'state=OPEN', pageSize: 200, pageToken}});
        for (const each of page.conversations ?? []) open.set(each.name, each);
        pageToken = page.nextPageToken;
      } while (pageToken && open.size < 2000);
      if (!this.#end) return;
      // What is no longer open was resolved while this page did not listen.
      for (const [name, each] of this.#threads) if (stateOf(each) === 'OPEN' && !open.has(name)) this.#threads.delete(name);
      for (const each of open.values()) this.#keep(each);
      this.known = true;
      this.error = undefined;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.error = error;
    }
    this.#changed();
  }

  /** Reads the newest resolved ones. */
  async readResolved() {
    try {
      const page = await api.get('/v1/conversations', {query: {filter: 'state=RESOLVED', pageSize: 50}});
      for (const each of page.conversations ?? []) this.#keep(each);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.error = error;
    }
    this.#changed();
  }

  #keep(conversation) {
    const before = this.#threads.get(conversation.name);
    // An answer that was under way while something newer came is older than what is known.
    if (before && Number(before.etag) > Number(conversation.etag)) return before;
    this.#threads.set(conversation.name, conversation);
    return before;
  }

  /** Takes a conversation as it is now. */
  put(conversation) {
    const before = this.#keep(conversation);
    const message = conversation.lastMessage;
    if (message && authorKind(message) === 'CUSTOMER' && message.name !== before?.lastMessage?.name && this.known && this.concerns(conversation)) {
      this.dispatchEvent(new CustomEvent('said', {detail: {conversation}}));
    }
    this.#changed();
  }

  get(name) { return this.#threads.get(name); }

  /** Whether it is this agent's, or nobody's. */
  concerns(conversation) {
    return stateOf(conversation) === 'OPEN' && (!conversation.assignee || conversation.assignee === person.claims?.name);
  }

  /** The conversations of a tab, the longest waiting first. */
  list(tab) {
    const me = person.claims?.name;
    const all = [...this.#threads.values()];
    if (tab === 'resolved') return all.filter((each) => stateOf(each) === 'RESOLVED').sort((a, b) => ((a.updateTime ?? '') < (b.updateTime ?? '') ? 1 : -1));
    const open = all.filter((each) => stateOf(each) === 'OPEN');
    const chosen = tab === 'mine' ? open.filter((each) => each.assignee === me) : tab === 'unassigned' ? open.filter((each) => !each.assignee) : open;
    return chosen.sort((a, b) => {
      const left = a.waitingSinceTime ? Date.parse(a.waitingSinceTime) : Infinity;
      const right = b.waitingSinceTime ? Date.parse(b.waitingSinceTime) : Infinity;
      if (left !== right) return left - right;
      return (a.updateTime ?? '') < (b.updateTime ?? '') ? 1 : -1;
    });
  }

  /** Whether the customer said something this agent has not seen. */
  isUnread(conversation) {
    const message = conversation.lastMessage;
    return Boolean(message) && authorKind(message) === 'CUSTOMER' && message.name > (this.#seen[conversation.name] ?? '');
  }

  /** Unread ones that are this agent's or nobody's. */
  get unread() { return [...this.#threads.values()].filter((each) => this.concerns(each) && this.isUnread(each)).length; }

  /** All that was said has been seen. */
  see(name) {
    const message = this.#threads.get(name)?.lastMessage?.name;
    if (!message || this.#seen[name] === message) return;
    delete this.#seen[name];
    this.#seen = Object.fromEntries([...Object.entries(this.#seen), [name, message]].slice(-SEEN_MOST));
    seen.set(this.#seen);
    this.#changed();
  }

  #changed() { this.dispatchEvent(new Event('change')); }
}

export const inbox = new Inbox();
