/**
 * Her place in a line: the button that puts her in it where a store has none, where she stands, and what is held for
 * her with accept and leave. Asking twice is harmless: one idempotency key for one choice.
 */
import {html, nothing} from 'lit';
import {ApiError, explain, newId} from 'filo/api.js';
import {confirm} from 'filo/dialog.js';
import {FiloElement} from 'filo/element.js';
import * as format from 'filo/format.js';
import {icon} from 'filo/icons.js';
import {t} from 'filo/i18n.js';
import {announce, idOf, picture, toast} from 'filo/ui.js';
import {router} from '../routes.js';
import {waitlist} from '../waitlist-store.js';

/** Where she stands, in words. */
export function waitText(entry, zone) {
  if (entry.state === 'OFFERED') return t('waitlist.offered', {until: format.dayTime(entry.offerExpireTime, zone)});
  return entry.position > 1 ? t('waitlist.position', {position: entry.position}) : t('waitlist.first');
}

class WaitlistEntry extends FiloElement {
  static properties = {sku: {attribute: false}, store: {attribute: false}, busy: {state: true}, problem: {state: true}};

  #keys = {join: newId(), accept: newId(), leave: newId()};

  constructor() {
    super();
    this.listen(waitlist, 'change');
    this.whileConnected(() => { waitlist.start(); return () => {}; });
  }

  get entry() { return waitlist.entry(this.sku, this.store.name); }

  render() {
    const entry = this.entry;
    return html`${entry ? this.#standing(entry) : html`<button class="button waitlist-join" aria-label=${t('waitlist.joinAt', {store: this.store.title})}
        aria-busy=${this.busy ?? false} @click=${() => this.#do('join', () => waitlist.join(this.sku, this.store.name, this.#keys.join))}>${icon('clock', {size: 'small'})} ${t('waitlist.join')}</button>`}
      ${this.problem ? html`<p class="note danger small" role="alert">${icon('warning', {size: 'small'})}<span>${this.problem}</span></p>` : nothing}`;
  }

  #standing(entry) {
    return html`<div class="waitlist-standing"><p class="small"><span class="tag ${entry.state === 'OFFERED' ? 'accent' : ''}">${icon(entry.state === 'OFFERED' ? 'check' : 'clock', {size: 'small'})}
        ${waitText(entry, this.store.timeZone)}</span></p>
      <div class="cluster">${entry.state === 'OFFERED' ? html`<button class="button primary" aria-busy=${this.busy ?? false} @click=${() => this.accept(entry)}>${t('waitlist.accept')}</button>` : nothing}
        <button class="link small" @click=${() => this.leave(entry)}>${t('waitlist.leave')}</button></div></div>`;
  }

  async accept(entry) {
    const taken = await this.#do('accept', () => waitlist.accept(entry, this.#keys.accept));
    if (!taken) return;
    announce(t('waitlist.taken'));
    router.go(`/reservations/${idOf(taken.reservation)}`);
  }

  async leave(entry) {
    if (!await confirm({title: t('waitlist.leaveTitle'), text: t(entry.state === 'OFFERED' ? 'waitlist.leaveOffered' : 'waitlist.leaveText'), yes: t('waitlist.leaveYes'), no: t('waitlist.leaveNo')})) return;
    if (await this.#do('leave', () => waitlist.leave(entry, this.#keys.leave))) toast(t('waitlist.left'));
  }

  async #do(what, call) {
    if (this.busy) return undefined;
    this.busy = true;
    this.problem = undefined;
    try {
      const entry = await call();
      this.#keys[what] = newId();
      if (what === 'join') announce(waitText(entry, this.store.timeZone));
      return entry;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // A refusal is an answer: the next try is another request.
      if (error.kind === 'refused') {
        this.#keys[what] = newId();
        waitlist.read();
      }
      this.problem = explain(error);
      return undefined;
    } finally {
      this.busy = false;
    }
  }
}
customElements.define('shop-waitlist-entry', WaitlistEntry);

class WaitlistEntries extends FiloElement {
  static properties = {stores: {attribute: false}};

  constructor() {
    super();
    this.listen(waitlist, 'change');
    this.whileConnected(() => { waitlist.start(); return () => {}; });
  }

  render() {
    const entries = waitlist.entries ?? [];
    if (!entries.length) return nothing;
    return html`<section class="section waitlist" aria-labelledby="waitlist"><h2 id="waitlist">${t('waitlist.title')}</h2>
      <ul class="list reservation-list">${entries.map((entry) => {
        const store = this.stores?.get(entry.store) ?? {name: entry.store, title: entry.storeTitle};
        return html`<li><div class="card reservation-row waitlist-row" data-name=${entry.name}>
          <span class="reservation-picture">${picture(entry.mediaUri ? {uri: entry.mediaUri} : undefined, {decorative: true})}</span>
          <div class="grow reservation-text"><span class="reservation-title">${(entry.offeredQuantity || entry.quantity) > 1 ? `${entry.offeredQuantity || entry.quantity} × ` : ''}${entry.title}</span>
            <span class="muted small">${entry.storeTitle || store.title}</span>
            <shop-waitlist-entry .sku=${entry.sku} .store=${store}></shop-waitlist-entry></div></div></li>`;
      })}</ul></section>`;
  }
}
customElements.define('shop-waitlist-entries', WaitlistEntries);
