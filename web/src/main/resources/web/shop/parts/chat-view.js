/** The conversation itself: thread, cards of reservations, and the field to write in. Used by the panel and the page. */
import {html, nothing} from 'lit';
import {FiloElement} from 'filo/element.js';
import * as format from 'filo/format.js';
import {icon} from 'filo/icons.js';
import {has, t} from 'filo/i18n.js';
import {complain, errorBlock, idOf, plain} from 'filo/ui.js';
import {allStores, api} from '../state.js';
import {chat} from '../chat-store.js';
import {keptReservation} from '../reservation-cache.js';
import 'filo/thread.js';

/** What happened to a reservation, in two words. */
const happened = (what) => t(has(`reservation.happened.${what}`) ? `reservation.happened.${what}` : `reservation.state.${what}`);

export class ChatView extends FiloElement {
  static properties = {stores: {state: true}};

  #cards = new Map();

  constructor() {
    super();
    this.listen(chat, 'change');
    allStores().then((stores) => { this.stores = stores; }, () => { /* times are shown in one's own zone */ });
    this.whileConnected(() => {
      chat.open = true;
      chat.start();
      chat.read();
      return () => { chat.open = false; };
    });
  }

  updated() { if (document.visibilityState === 'visible') chat.seen(); }

  focusField() { this.querySelector('textarea')?.focus(); }

  /** Who answers: a name, or what to expect. */
  static status() {
    const conversation = chat.conversation;
    if (conversation?.assigneeDisplayName) return t('chat.with', {name: conversation.assigneeDisplayName});
    if (plain(conversation?.state) === 'OPEN') return t('chat.waiting');
    return t('chat.hello');
  }

  #attachment = (message) => {
    if (message.subject?.startsWith('waitlistEntries/')) return this.#line(message);
    if (!message.subject?.startsWith('reservations/')) return undefined;
    const reservation = this.#thing(message.subject);
    const state = plain(message.subjectState);
    const line = reservation?.lines?.[0];
    return html`<a class="card chat-card" href="/reservations/${idOf(message.subject)}">
      ${line?.mediaUri ? html`<img src=${line.mediaUri} alt="" width="72" height="54">` : icon('ticket')}
      <span class="grow"><span class="tag ${state === 'REFUSED' ? 'danger' : ['EXPIRED', 'CANCELLED'].includes(state) ? '' : 'accent'}">${happened(state || 'HELD')}</span>
      <span class="chat-card-title">${line?.title ?? t('reservation.one')}</span>
      ${reservation ? html`<span class="muted small">${[reservation.storeTitle, reservation.expireTime && ['HELD', 'PREPARED'].includes(plain(reservation.state))
        ? t('reservation.until', {until: format.dayTime(reservation.expireTime, this.stores?.get(reservation.store)?.timeZone)}) : ''].filter(Boolean).join(' · ')}</span>` : nothing}</span>
      ${icon('right')}</a>`;
  };

  /** A place in a line: what she can answer to stands among her reservations. */
  #line(message) {
    const entry = this.#thing(message.subject);
    const state = plain(message.subjectState);
    const offered = state === 'OFFERED';
    const taken = plain(entry?.state) === 'TAKEN' ? `/reservations/${idOf(entry.reservation)}` : '/reservations';
    return html`<a class="card chat-card" href=${taken}>
      ${entry?.mediaUri ? html`<img src=${entry.mediaUri} alt="" width="72" height="54">` : icon('clock')}
      <span class="grow"><span class="tag ${offered ? 'accent' : ''}">${t(`waitlist.happened.${offered ? 'OFFERED' : state === 'LAPSED' ? 'LAPSED' : 'WAITING'}`)}</span>
      <span class="chat-card-title">${entry?.title ?? t('waitlist.title')}</span>
      ${entry ? html`<span class="muted small">${[entry.storeTitle, plain(entry.state) === 'OFFERED' && offered ? t('waitlist.offered', {until: format.dayTime(entry.offerExpireTime)}) : ''].filter(Boolean).join(' · ')}</span>` : nothing}</span>
      ${icon('right')}</a>`;
  }

  /** What a card is about: kept on this device, else read once. */
  #thing(name) {
    if (!this.#cards.has(name)) {
      this.#cards.set(name, keptReservation(name));
      api.get(`/v1/${name}`).then((found) => {
        this.#cards.set(name, found);
        this.querySelector('filo-thread')?.requestUpdate();
      }, () => { /* the card stands without details */ });
    }
    return this.#cards.get(name);
  }

  #typed = (event) => chat.keepDraft(event.target.value);

  #keys = (event) => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing && matchMedia('(pointer: fine)').matches) {
      event.preventDefault();
      this.#send();
    }
  };

  #send = (event) => {
    event?.preventDefault();
    const text = chat.draft.trim();
    if (!text) return;
    chat.send(text);
    chat.keepDraft('');
    this.focusField();
  };

  render() {
    const empty = chat.known && !chat.messages.length;
    return html`<div class="chat">
      ${chat.error && !chat.messages.length ? errorBlock(chat.error, () => chat.read()) : empty ? html`<div class="chat-empty"><div class="block compact">${icon('chat', {size: 'large'})}
          <h2 class="block-title">${t('chat.emptyTitle')}</h2><p>${t('chat.emptyText')}</p></div></div>`
        : html`<div class="chat-scroll">${chat.hasOlder ? html`<button class="button text small" @click=${() => chat.readOlder().catch(complain)}>${t('chat.older')}</button>` : nothing}
          <filo-thread .messages=${chat.messages} me="CUSTOMER" .attachment=${this.#attachment} .onRetry=${(message) => chat.send(message.text, message.key)}></filo-thread></div>`}
      <form class="composer" @submit=${this.#send}>
        <textarea class="input" rows="1" maxlength="4000" aria-label=${t('chat.write')} placeholder=${t('chat.write')} enterkeyhint="send"
          .value=${chat.draft} @input=${this.#typed} @keydown=${this.#keys}></textarea>
        <button class="button primary square" type="submit" aria-label=${t('chat.send')} aria-disabled=${!chat.draft.trim()}
          @mousedown=${(event) => event.preventDefault()}>${icon('send')}</button>
      </form>
    </div>`;
  }
}
customElements.define('shop-chat-view', ChatView);
