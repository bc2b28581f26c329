/**
 * The customer's one conversation: messages from the server in order, and those being sent, by key. It is watched
 * only once there is a session; its panel is loaded when it is opened.
 */
import {ApiError, explain, newId} from 'filo/api.js';
import {api, live, session} from './state.js';

/** The kind of a message's author: CUSTOMER, AGENT or SYSTEM. */
const authorOf = (message) => String(message.author?.kind ?? '').replace(/^KIND_/, '');

export const CHAT_TOPIC = 'customers/me/conversation';
const PATH = '/v1/customers/me/conversation';
const READ = 'filo.chat.read';
const DRAFT = 'filo.chat.draft';

class ChatStore extends EventTarget {
  conversation = null;
  error;
  /** Whether the messages have been read once. */
  known = false;
  /** Whether a panel shows them now. */
  open = false;
  /** What she has begun to write. */
  draft = '';
  #messages = new Map();
  #sending = [];
  #subscribed = false;
  #older;

  constructor() {
    super();
    try { this.draft = sessionStorage.getItem(DRAFT) ?? ''; } catch { /* begun anew */ }
    session.onLeave(() => this.keepDraft(''));
    session.events.addEventListener('change', ({detail}) => {
      if (detail.reason === 'guest') return;
      this.#messages.clear();
      this.#sending = [];
      this.conversation = null;
      this.known = false;
      this.#older = undefined;
      this.#changed();
      if (session.known) this.start();
    });
  }

  /** Keeps what she has begun to write: it goes with the tab, or with her. */
  keepDraft(text) {
    this.draft = text;
    try { text ? sessionStorage.setItem(DRAFT, text) : sessionStorage.removeItem(DRAFT); } catch { /* a reload loses it */ }
    this.#changed();
  }

  /** Watches the conversation if there is a session. */
  start() {
    if (!session.known || this.#subscribed) return this.open ? this.read() : undefined;
    this.#subscribed = true;
    live.subscribe([CHAT_TOPIC], ({kind, data}) => {
      if (kind === 'reset') return void this.read();
      if (kind === 'conversation' && data.conversation) this.#take(data.conversation);
      if (kind === 'message' && data.message) this.#put(data.message);
      this.#changed();
    });
    return undefined;
  }

  /** Everything to show, in order. */
  get messages() {
    return [...[...this.#messages.values()].sort((a, b) => (a.name < b.name ? -1 : 1)), ...this.#sending];
  }

  /** Messages of the shop after the last one seen. */
  get unread() {
    if (this.open) return 0;
    const read = this.#read();
    return [...this.#messages.values()].filter((each) => authorOf(each) === 'AGENT' && each.name > read).length;
  }

  get hasOlder() { return Boolean(this.#older); }

  async read() {
    if (!session.known) {
      this.known = true;
      this.#changed();
      return;
    }
    const turn = session.turn;
    try {
      const [conversation, page] = await Promise.all([api.get(PATH), api.get(`${PATH}/messages`, {query: {pageSize: 50}})]);
      if (turn !== session.turn) return;
      this.#take(conversation);
      this.#older ??= page.nextPageToken;
      for (const message of page.messages ?? []) this.#put(message);
      this.known = true;
      this.error = undefined;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (turn !== session.turn) return;
      this.error = error;
    }
    this.#changed();
  }

  async readOlder() {
    const turn = session.turn;
    const page = await api.get(`${PATH}/messages`, {query: {pageSize: 50, pageToken: this.#older}});
    if (turn !== session.turn) return;
    this.#older = page.nextPageToken;
    for (const message of page.messages ?? []) this.#put(message);
    this.#changed();
  }

  /** Says something; it is shown at once and stays until the server has it. */
  async send(text, key = newId()) {
    const message = {key, text, author: {kind: 'CUSTOMER'}, createTime: new Date().toISOString(), pending: true};
    this.#sending = [...this.#sending.filter((each) => each.key !== key), message];
    this.#changed();
    const turn = session.turn;
    try {
      const sent = await api.post(`${PATH}/messages`, {text}, {idempotencyKey: key});
      if (turn !== session.turn) return;
      this.#sending = this.#sending.filter((each) => each.key !== key);
      this.#put({...sent, key});
      this.start();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#sending = this.#sending.map((each) => (each.key === key ? {...each, pending: false, failed: explain(error)} : each));
    }
    this.#changed();
  }

  /** All that is shown has been seen. */
  seen() {
    const last = [...this.#messages.keys()].sort().at(-1);
    if (!last || last <= this.#read()) return;
    try { localStorage.setItem(READ, last); } catch { /* the badge may come back */ }
    this.#changed();
  }

  #read() {
    try { return localStorage.getItem(READ) ?? ''; } catch { return ''; }
  }

  /** After a merge of customers, or the end of one, hers is another thread: what is shown is that one's alone. */
  #take(conversation) {
    if (this.conversation && this.conversation.name !== conversation.name) {
      this.#messages.clear();
      this.#older = undefined;
      void this.read();
    }
    this.conversation = conversation;
  }

  #put(message) {
    if (!message.name) return;
    const known = this.#messages.get(message.name);
    this.#messages.set(message.name, {...message, key: known?.key ?? message.key});
    // The event may come before the answer to the call that sent it.
    if (!message.key && authorOf(message) === 'CUSTOMER') {
      const own = this.#sending.find((each) => each.pending && each.text === message.text);
      if (own) {
        this.#sending = this.#sending.filter((each) => each !== own);
        this.#messages.set(message.name, {...message, key: own.key});
      }
    }
  }

  #changed() { this.dispatchEvent(new Event('change')); }
}

export const chat = new ChatStore();
