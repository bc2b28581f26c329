/** One reservation: the code to show in the store, what, where, until when; extend or cancel. Works without a network. */
import {html, nothing} from 'lit';
import {ApiError, explain, newId} from 'filo/api.js';
import {confirm, FiloDialog, openDialog} from 'filo/dialog.js';
import {FiloElement, Load} from 'filo/element.js';
import * as format from 'filo/format.js';
import {closings, openText, week} from 'filo/hours.js';
import {icon} from 'filo/icons.js';
import {has, t} from 'filo/i18n.js';
import {announce, complain, emptyBlock, idOf, picture, plain, price, qr, shown, toast} from 'filo/ui.js';
import {allStores, api, live, session} from '../state.js';
import {router} from '../routes.js';
import {keepReservation, keptReservation, keptReservations} from '../reservation-cache.js';
import {OPEN, stateTag} from '../parts/reservation-state.js';
import '../parts/offer-card.js';
import {RESERVATIONS_TOPIC} from './reservations.js';

class ExtendDialog extends FiloDialog {
  static properties = {date: {state: true}, busy: {state: true}, problem: {state: true}};
  #key = newId();

  heading() { return t('reservation.extendTitle'); }

  body() {
    const days = closings(this.store, 8).filter(({date}) => new Date(`${date}T23:59:59`) > new Date(this.reservation.expireTime));
    return html`<form id="extend-form" class="stack" @submit=${this.#extend}><fieldset class="stack-8"><legend class="label">${t('reserve.until')}</legend>
      ${days.map(({date, close}) => html`<label class="choice boxed"><input type="radio" name="until" required @change=${() => { this.date = date; this.#key = newId(); }}>
        <span class="grow first-upper">${format.calendarDay(date)}</span><span class="muted num">${t('reserve.closing', {time: close})}</span></label>`)}</fieldset>
      ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing}</form>`;
  }

  footer() {
    return html`<button class="button" @click=${() => this.close()}>${t('action.cancel')}</button>
      <button class="button primary" type="submit" form="extend-form" aria-busy=${this.busy ?? false}>${t('reservation.extend')}</button>`;
  }

  #extend = async (event) => {
    event.preventDefault();
    if (this.busy || !this.date) return;
    this.busy = true;
    this.problem = undefined;
    try {
      this.close(await api.post(`/v1/${this.reservation.name}:extend`, {untilStoreClosing: this.date}, {idempotencyKey: this.#key}));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.problem = explain(error);
    } finally {
      this.busy = false;
    }
  };
}
customElements.define('shop-extend-dialog', ExtendDialog);

class Reservation extends FiloElement {
  static properties = {params: {attribute: false}};
  #cancelKey = newId();
  #wake;

  constructor() {
    super();
    this.reservation = new Load(this, (signal) => api.get(`/v1/reservations/${encodeURIComponent(this.params.reservation)}`, {signal}));
    this.whileConnected(() => session.known ? live.subscribe([RESERVATIONS_TOPIC], ({kind, data}) => {
      if (kind === 'reset') return void this.reservation.run().then(() => this.#keep());
      if (kind === 'reservation' && data.reservation?.name === this.#name) this.#take(data.reservation);
    }) : () => {});
    // While the code is shown at the counter the screen stays on.
    this.whileConnected(() => {
      navigator.wakeLock?.request('screen').then((lock) => { this.#wake = lock; }, () => { /* a convenience only */ });
      return () => { this.#wake?.release(); };
    });
  }

  get #name() { return `reservations/${this.params.reservation}`; }

  title_() { return t('reservation.one'); }
  settled() { return this.reservation.data ? Promise.resolve() : this.reservation.done; }

  willUpdate(changed) {
    if (!changed.has('params')) return;
    const kept = keptReservation(this.#name);
    if (kept) this.reservation.set(kept, keptReservations().at);
    this.reservation.run().then(() => this.#keep());
    allStores().then((stores) => { this.stores = stores; this.requestUpdate(); }, () => { /* the reservation names its store */ });
  }

  #keep() { if (this.reservation.data && !this.reservation.error) keepReservation(this.reservation.data); }

  #take(next) {
    const before = this.reservation.data;
    this.reservation.set({...before, ...next, pickupCode: next.pickupCode || before?.pickupCode, qrSvg: next.qrSvg || before?.qrSvg});
    this.#keep();
    if (before && plain(before.state) !== plain(next.state)) announce(t(`reservation.state.${plain(next.state)}`));
  }

  render() {
    if (this.reservation.error?.status === 404 && !this.reservation.data) {
      return emptyBlock({image: 'ticket', title: t('reservation.missing'), text: t('reservation.missingText'), action: html`<a class="button" href="/reservations">${t('reservations.title')}</a>`});
    }
    return html`<nav class="crumbs small" aria-label=${t('nav.crumbs')}>${icon('back', {size: 'small'})} <a href="/reservations">${t('reservations.title')}</a></nav>
      ${shown(this.reservation, (data) => this.#page(data), {skeleton: html`<div class="card"><span class="skeleton qr-skeleton"></span></div>`})}`;
  }

  #page(reservation) {
    const state = plain(reservation.state);
    const open = OPEN.includes(state);
    const store = this.stores?.get(reservation.store);
    const lines = reservation.lines ?? [];
    return html`<div class="reservation">
      <section class="card ticket ${open ? '' : 'over'}" aria-labelledby="ticket-title">
        <p>${stateTag(reservation)}</p>
        <h1 id="ticket-title">${t(`reservation.head.${state}`)}</h1>
        ${open ? html`<p class="lead">${t('reservation.until', {until: format.dayTime(reservation.expireTime, store?.timeZone)})}</p>
          ${reservation.remindTime ? html`<p class="note warn">${icon('clock', {size: 'small'})}<span>${t('reservation.remind', {until: format.dayTime(reservation.expireTime, store?.timeZone)})}</span></p>` : nothing}
          ${qr(reservation.qrSvg, t('reserve.qr'))}
          ${reservation.pickupCode ? html`<p class="code big-code" aria-label=${t('reserve.codeLabel', {code: [...reservation.pickupCode].join(' ')})}>${format.spaced(reservation.pickupCode)}</p>` : nothing}
          <p class="muted small">${t('reserve.show')} ${t('reservation.bright')}</p>`
          : html`<p>${this.#over(reservation, state, store)}</p>`}
      </section>
      <div class="stack-24">
        ${reservation.offer ? html`<shop-offer .reservation=${reservation} .timeZone=${this.stores?.get(reservation.offer.store)?.timeZone} @accepted=${({detail}) => this.#accepted(detail)} @changed=${({detail}) => this.#take(detail)} @stale=${() => this.reservation.run().then(() => this.#keep())}></shop-offer>` : nothing}
        <section class="card"><h2 class="small-head">${t('reservation.what')}</h2><ul class="list">${lines.map((line) => html`<li class="reservation-line">
          <span class="reservation-picture">${picture(line.mediaUri ? {uri: line.mediaUri} : undefined, {decorative: true})}</span>
          <span class="grow">${(line.quantity ?? 1) > 1 ? html`<span class="num">${line.quantity} × </span>` : nothing}${line.title ?? line.sku}
            ${line.requestedQuantity > line.quantity ? html`<br><span class="small muted">${t('reservation.partial', {asked: line.requestedQuantity})}</span>` : nothing}
            ${open && line.collectedQuantity ? html`<br><span class="small muted">${t('reservation.partly', {count: line.collectedQuantity})}</span>` : nothing}</span>${price(line.unitPrice)}</li>`)}</ul></section>
        <section class="card"><h2 class="small-head">${t('reservation.where')}</h2><p><strong>${reservation.storeTitle || store?.title}</strong></p>
          ${store ? html`<p>${[store.address, store.postalCode, store.city].filter(Boolean).join(', ')}</p><p class="small muted">${openText(store)}</p>
            <details class="small"><summary>${t('hours.all')}</summary><dl class="week">${week(store).map((row) => html`<div><dt class="first-upper">${row.days}</dt><dd class="num">${row.hours}</dd></div>`)}</dl></details>` : nothing}
          ${this.#madeBy(reservation)}</section>
        ${open ? html`<div class="cluster"><button class="button" ?disabled=${!store} @click=${() => this.#extend(reservation, store)}>${icon('calendar')} ${t('reservation.extend')}</button>
          <button class="button text danger" @click=${() => this.#cancel(reservation)}>${t('reservation.cancel')}</button></div>` : nothing}
      </div></div>`;
  }

  #over(reservation, state, store) {
    if (state === 'COLLECTED' && reservation.collectTime) return t('reservation.collectedAt', {when: format.dayTime(reservation.collectTime, store?.timeZone)});
    if (state === 'REFUSED') {
      const cause = `reservation.cause.${plain(reservation.refusalCause)}`;
      const why = reservation.refusalReason || (has(cause) ? t(cause) : '');
      return why ? t('reservation.refusedWhy', {why}) : t('reservation.refusedText');
    }
    return t(`reservation.text.${state}`);
  }

  #madeBy(reservation) {
    const by = reservation.createdBy;
    if (!by?.displayName) return nothing;
    return html`<p class="small muted">${icon('agent', {size: 'small'})} ${t('reservation.madeBy', {name: by.displayName})}</p>`;
  }

  /** What was accepted is shown at once; this one is read again. */
  #accepted(there) {
    keepReservation(there);
    this.reservation.run().then(() => this.#keep());
    router.go(`/reservations/${idOf(there.name)}`);
  }

  async #extend(reservation, store) {
    const extended = await openDialog(new ExtendDialog(), {reservation, store});
    if (!extended) return;
    this.#take(extended);
    toast(t('reservation.extended', {until: format.dayTime(extended.expireTime, store.timeZone)}), {image: 'check'});
  }

  async #cancel(reservation) {
    if (!(await confirm({title: t('reservation.cancelTitle'), text: t('reservation.cancelText'), yes: t('reservation.cancelYes'), no: t('reservation.cancelNo'), danger: true}))) return;
    try {
      this.#take(await api.post(`/v1/${reservation.name}:cancel`, {}, {idempotencyKey: this.#cancelKey}));
      toast(t('reservation.cancelled'), {image: 'check'});
    } catch (error) {
      complain(error);
      this.reservation.run().then(() => this.#keep());
    }
  }
}
customElements.define('shop-reservation', Reservation);
