/** What every page and component builds on: a Lit element in the light DOM, and a reader of data with kept states. */
import {LitElement} from 'lit';
import {i18n} from './i18n.js';
import {ApiError} from './api.js';

/**
 * A Lit element without shadow root (one stylesheet for the app), re-rendered on a change of language and of every
 * store it uses. Call `this.listen(target, 'change')` in the constructor or in `connected()`.
 */
export class FiloElement extends LitElement {
  #listening = [];
  #connected = [];

  createRenderRoot() { return this; }

  /** Re-renders (or calls `handler`) whenever the target announces one of these events, while connected. */
  listen(target, types, handler = () => this.requestUpdate()) {
    for (const type of [types].flat()) {
      const entry = {target, type, handler};
      this.#listening.push(entry);
      if (this.isConnected) target.addEventListener(type, handler);
    }
  }

  /** Keeps something going while connected: `start` returns how to end it. */
  whileConnected(start) {
    const entry = {start, end: this.isConnected ? start() : undefined};
    this.#connected.push(entry);
  }

  connectedCallback() {
    super.connectedCallback();
    i18n.addEventListener('change', this.#language);
    for (const {target, type, handler} of this.#listening) target.addEventListener(type, handler);
    for (const entry of this.#connected) entry.end ??= entry.start();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    i18n.removeEventListener('change', this.#language);
    for (const {target, type, handler} of this.#listening) target.removeEventListener(type, handler);
    for (const entry of this.#connected) {
      entry.end?.();
      entry.end = undefined;
    }
  }

  #language = () => {
    this.languageChanged?.();
    this.requestUpdate();
  };
}

/**
 * Data read from somewhere, with the states a page shows. Nothing for 200 ms, then `skeleton`, after 4 s `slow`,
 * after 10 s `stuck`. A failed reading keeps the old data and says so in `error`.
 */
export class Load {
  data;
  error;
  /** '' | 'quiet' | 'skeleton' | 'slow' | 'stuck' */
  phase = '';
  /** When the data came, in ms. */
  at = 0;
  #host;
  #read;
  #abort;
  #timers = [];
  #done = Promise.resolve();

  /**
   * @param {FiloElement} host re-rendered on every change
   * @param {(signal: AbortSignal) => Promise<any>} read
   */
  constructor(host, read) {
    this.#host = host;
    this.#read = read;
    host.addController({hostDisconnected: () => this.cancel()});
  }

  /** Reads (again). The newest reading wins; an older one still under way is dropped. */
  run() {
    this.cancel();
    const abort = new AbortController();
    this.#abort = abort;
    this.error = undefined;
    this.phase = 'quiet';
    const step = (phase, ms) => this.#timers.push(setTimeout(() => { this.phase = phase; this.#host.requestUpdate(); }, ms));
    step('skeleton', 200);
    step('slow', 4000);
    step('stuck', 10_000);
    this.#host.requestUpdate();
    this.#done = (async () => {
      try {
        const data = await this.#read(abort.signal);
        if (abort.signal.aborted) return;
        this.data = data;
        this.at = Date.now();
      } catch (error) {
        if (abort.signal.aborted) return;
        if (!(error instanceof ApiError)) console.error(error);
        this.error = error;
      }
      this.#clear();
      this.phase = '';
      this.#host.requestUpdate();
      await this.#host.updateComplete;
    })();
    return this.#done;
  }

  /** Puts data in from elsewhere (an event, a copy of time `at`); an older reading still under way is dropped. */
  set(data, at = Date.now()) {
    this.cancel();
    this.data = data;
    this.error = undefined;
    this.at = at;
    this.#host.requestUpdate();
  }

  /** Stops a reading under way; the state stays. */
  cancel() {
    this.#abort?.abort();
    this.#clear();
    this.phase = '';
  }

  /** Resolves when the reading under way is over, and shown. */
  get done() { return this.#done; }

  #clear() {
    this.#timers.forEach(clearTimeout);
    this.#timers = [];
  }
}
