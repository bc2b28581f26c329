/**
 * Setting goods aside: which store (when not chosen yet), until which closing, then code and QR. Asking twice is
 * harmless: the dialog has one idempotency key for one choice.
 */
import {html, nothing} from 'lit';
import {ApiError, explain, newId} from 'filo/api.js';
import {FiloDialog, openDialog} from 'filo/dialog.js';
import {Load} from 'filo/element.js';
import * as format from 'filo/format.js';
import {closings, openText} from 'filo/hours.js';
import {icon} from 'filo/icons.js';
import {t} from 'filo/i18n.js';
import {announce, asOf, idOf, price, qr, shown, stockBadge} from 'filo/ui.js';
import {allStores, api, me, place} from '../state.js';
import {keepReservation} from '../reservation-cache.js';

class ReserveDialog extends FiloDialog {
  static properties = {
    store: {attribute: false}, lines: {attribute: false}, date: {state: true}, busy: {state: true}, problem: {state: true}, made: {state: true}, quantity: {state: true},
  };

  #key = newId();
  #asked = '';

  constructor() {
    super();
    this.nearby = new Load(this, async (signal) => {
      const sku = this.lines.flatMap((line) => Array(Math.min(line.quantity, 20)).fill(line.sku)).slice(0, 100);
      const [answer, stores] = await Promise.all([
        api.get('/v1/availability:nearby', {query: {sku, ...place.query, radiusMeters: 100_000}, auth: 'optional', signal}), allStores()]);
      return {...answer, locations: (answer.locations ?? []).map((each) => ({...each, about: stores.get(each.store)})).filter((each) => each.about && each.about.pickup !== false)};
    });
  }

  connectedCallback() {
    super.connectedCallback();
    this.quantity ??= this.lines.length === 1 ? this.lines[0].quantity : 0;
    if (!this.store) this.nearby.run();
    else this.date ??= closings(this.store, 1)[0]?.date;
  }

  heading() {
    if (this.made) return t('reserve.done');
    return this.store ? t('reserve.title') : t('reserve.where');
  }

  body() {
    if (this.made) return this.#done();
    return this.store ? this.#until() : this.#where();
  }

  #what() {
    return html`<ul class="list reserve-lines">${this.lines.map((line) => html`<li class="spread"><span>${this.lines.length > 1 || line.quantity > 1
      ? html`<span class="num">${line.quantity} × </span>` : nothing}${line.title}</span>${price(line.unitPrice)}</li>`)}</ul>`;
  }

  #where() {
    return html`<div class="stack">${this.#what()}${shown(this.nearby, (data) => html`
      <ul class="list store-list">${data.locations.map((each) => html`<li class="store-row"><div class="grow">
        <h3 class="store-name">${each.about.title}</h3>
        <p class="small muted">${[each.distanceMeters === undefined ? '' : format.distance(each.distanceMeters), openText(each.about)].filter(Boolean).join(' · ')}</p>
        <p>${this.lines.length > 1 ? this.#basket(each) : stockBadge({available: each.available ?? 0})}</p></div>
        <button class="button" ?disabled=${!each.available} @click=${() => this.#choose(each.about)}>${t('reserve.here')}</button></li>`)}</ul>
      <p>${asOf(data.asOfTime)}</p>`)}</div>`;
  }

  #basket(location) {
    if (location.available) return stockBadge({available: 2}, t('reserve.all'));
    const has = (location.items ?? []).filter((each) => each.available).length;
    return stockBadge({available: 0}, t('reserve.some', {has, of: this.lines.length}));
  }

  #choose(store) {
    this.store = store;
    this.date = closings(store, 1)[0]?.date;
    this.updateComplete.then(() => this.querySelector('h2')?.focus());
  }

  #until() {
    const days = closings(this.store, 7);
    return html`<form id="reserve-form" class="stack" @submit=${this.#reserve}>
      <p><strong>${this.store.title}</strong><br><span class="muted small">${[this.store.address, this.store.city].filter(Boolean).join(', ')}</span></p>
      ${this.#what()}
      <fieldset class="stack-8"><legend class="label">${t('reserve.until')}</legend>
        ${days.length ? days.map(({date, close}) => html`<label class="choice boxed"><input type="radio" name="until" .checked=${date === this.date} @change=${() => { this.date = date; }}>
          <span class="grow first-upper">${format.calendarDay(date)}</span><span class="muted num">${t('reserve.closing', {time: close})}</span></label>`)
          : html`<p class="muted">${t('reserve.noHours')}</p>`}
      </fieldset>
      <p class="muted small">${t('reserve.terms')}</p>
      ${this.problem ? html`<div class="note danger" role="alert">${icon('warning')}<div>${this.problem.text}${this.problem.limit && !me.signedIn
        ? html`<br><a href="/account" @click=${() => this.close()}>${t('reserve.signIn')}</a>` : nothing}${this.problem.mine
        ? html`<br><a href="/reservations" @click=${() => this.close()}>${t('reserve.mine')}</a>` : nothing}</div></div>` : nothing}
    </form>`;
  }

  #done() {
    const reservation = this.made;
    const zone = this.store.timeZone;
    return html`<div class="stack center">
      <p>${t('reserve.kept', {store: this.store.title, until: format.dayTime(reservation.expireTime, zone)})}</p>
      ${qr(reservation.qrSvg, t('reserve.qr'))}
      <p class="code big-code" aria-label=${t('reserve.codeLabel', {code: [...(reservation.pickupCode ?? '')].join(' ')})}>${format.spaced(reservation.pickupCode)}</p>
      <p class="muted small">${t('reserve.show')}</p>
    </div>`;
  }

  footer() {
    if (this.made) {
      return html`<a class="button" href="/reservations/${idOf(this.made.name)}" @click=${() => this.close(this.made)}>${t('reserve.open')}</a>
        <button class="button primary" @click=${() => this.close(this.made)}>${t('action.done')}</button>`;
    }
    if (!this.store) return nothing;
    return html`<button class="button" @click=${() => this.close()}>${t('action.cancel')}</button>
      <button class="button primary" type="submit" form="reserve-form" aria-busy=${this.busy ?? false} ?disabled=${!this.date}>${this.busy ? t('reserve.busy') : t('reserve.confirm')}</button>`;
  }

  #reserve = async (event) => {
    event.preventDefault();
    if (this.busy || !this.date) return;
    this.busy = true;
    this.problem = undefined;
    const body = {store: this.store.name, lines: this.lines.map(({sku, quantity}) => ({sku, quantity})), untilStoreClosing: this.date};
    const asked = JSON.stringify(body);
    if (this.#asked && this.#asked !== asked) this.#key = newId();
    this.#asked = asked;
    try {
      this.made = await api.post('/v1/reservations', body, {idempotencyKey: this.#key});
      keepReservation(this.made);
      announce(t('reserve.kept', {store: this.store.title, until: format.dayTime(this.made.expireTime, this.store.timeZone)}));
      await this.updateComplete;
      this.querySelector('h2')?.focus();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // A refusal is an answer: the next try is another request.
      if (error.kind === 'refused') this.#key = newId();
      const limit = error.reason === 'RESERVATION_LIMIT';
      this.problem = {text: explain(error), limit, mine: limit};
    } finally {
      this.busy = false;
    }
  };
}
customElements.define('shop-reserve-dialog', ReserveDialog);

/**
 * Opens it; resolves with the reservation, or undefined.
 * @param {{lines: Array<{sku, quantity, title, unitPrice}>, store?: object}} what
 */
export const reserve = (what) => openDialog(new ReserveDialog(), what);
