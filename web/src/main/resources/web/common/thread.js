/**
 * A conversation's messages as a log: days, who wrote, channel, time; new ones are read out by screen readers. Stays
 * at the bottom while the reader is at the bottom. Used by the shop's chat and the desk.
 *
 *   <filo-thread .messages=${…} me="CUSTOMER" .attachment=${(message) => template} .onRetry=${(message) => …}>
 *
 * A message is the API's {name, author: {kind, displayName}, text, channel, createTime}; a pending one also has
 * `pending: true`, a refused one `failed: 'why'`.
 */
import {html, nothing} from 'lit';
import {repeat} from 'lit/directives/repeat.js';
import {FiloElement} from './element.js';
import {has, t} from './i18n.js';
import {plain} from './ui.js';
import * as format from './format.js';

/** The kind of an author, without its prefix: CUSTOMER, AGENT, BOT, SYSTEM, STORE. */
export const authorKind = (message) => plain(plain(message.author?.kind, 'AUTHOR_KIND_'), 'KIND_');

const NEAR_MS = 3 * 60_000;

export class FiloThread extends FiloElement {
  static properties = {
    messages: {attribute: false},
    me: {},
    label: {},
    attachment: {attribute: false},
    onRetry: {attribute: false},
    showChannel: {type: Boolean, attribute: 'show-channel'},
  };

  #atEnd = true;

  constructor() {
    super();
    this.messages = [];
    this.me = 'CUSTOMER';
    this.addEventListener('scroll', () => { this.#atEnd = this.scrollHeight - this.scrollTop - this.clientHeight < 48; }, {passive: true});
  }

  connectedCallback() {
    super.connectedCallback();
    this.setAttribute('role', 'log');
    this.setAttribute('tabindex', '0');
    this.observer = new ResizeObserver(() => { if (this.#atEnd) this.scrollTop = this.scrollHeight; });
    this.observer.observe(this);
    const content = this.querySelector('.thread');
    if (content) this.observer.observe(content);
  }

  // What is attached may grow after its message is shown.
  firstUpdated() { this.observer?.observe(this.querySelector('.thread')); }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.observer.disconnect();
  }

  willUpdate() { this.setAttribute('aria-label', this.label ?? t('chat.thread')); }

  updated(changed) {
    if (!changed.has('messages')) return;
    const last = this.messages.at(-1);
    if (this.#atEnd || last?.pending) this.toEnd();
  }

  /** Goes to the newest message. */
  toEnd() {
    this.#atEnd = true;
    this.scrollTop = this.scrollHeight;
  }

  render() {
    let dayBefore = '';
    let before = null;
    const rows = this.messages.map((message) => {
      const day = format.day(message.createTime);
      const newDay = day !== dayBefore;
      const kind = authorKind(message);
      const first = newDay || !before || authorKind(before) !== kind || before.author?.displayName !== message.author?.displayName
        || new Date(message.createTime) - new Date(before.createTime) > NEAR_MS;
      dayBefore = day;
      before = message;
      return {message, kind, day: newDay ? day : '', first};
    });
    rows.forEach((row, i) => { row.last = !rows[i + 1] || rows[i + 1].first; });
    return html`<div class="thread">${repeat(rows, ({message}) => message.key ?? message.name, (row) => this.#row(row))}</div>`;
  }

  #row({message, kind, day, first, last}) {
    const attached = this.attachment?.(message);
    const head = day ? html`<div class="day">${day}</div>` : nothing;
    if (kind === 'SYSTEM' && !attached) return html`${head}<div class="event">${message.text}</div>`;
    const mine = kind === this.me;
    const channel = this.showChannel && message.channel ? t(`channel.${plain(message.channel, 'CHANNEL_').toLowerCase()}`) : '';
    return html`${head}<div class="message ${mine ? 'mine' : ''} ${first ? 'first' : ''} ${message.pending ? 'pending' : ''} ${message.failed ? 'failed' : ''}">
      ${first ? html`<div class="who">${this.#who(message, kind, mine)}${channel ? html` · ${channel}` : nothing}</div>` : html`<span class="visually-hidden">${this.#who(message, kind, mine)}:</span>`}
      ${message.text ? html`<div class="bubble">${message.text}</div>` : nothing}
      ${attached ? html`<div class="attached">${attached}</div>` : nothing}
      ${message.failed ? html`<div class="when">${message.failed} <button class="link" @click=${() => this.onRetry?.(message)}>${t('action.retry')}</button></div>`
        : message.pending ? html`<div class="when">${t('chat.sending')}</div>`
        : last ? html`<div class="when"><time datetime=${message.createTime}>${format.time(message.createTime)}</time></div>` : nothing}
    </div>`;
  }

  #who(message, kind, mine) {
    if (mine && this.me === 'CUSTOMER') return t('chat.you');
    if (message.author?.displayName) return message.author.displayName;
    const key = `author.${kind.toLowerCase()}`;
    return has(key) ? t(key) : kind;
  }
}
customElements.define('filo-thread', FiloThread);
