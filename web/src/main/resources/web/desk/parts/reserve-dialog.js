/** Reserving for a customer without leaving her conversation: how many, where, until which closing. */
import {html, nothing} from 'lit';
import {ApiError, explain, newId} from 'filo/api.js';
import {FiloDialog, openDialog} from 'filo/dialog.js';
import * as format from 'filo/format.js';
import {openText} from 'filo/hours.js';
import {icon} from 'filo/icons.js';
import {t} from 'filo/i18n.js';
import {price, toast} from 'filo/ui.js';
import {explainedStock} from 'filo/staff/staff.js';
import {closingChoice, next} from './closings.js';
import {allStores, api} from '../state.js';

class ReserveDialog extends FiloDialog {
  static properties = {location: {attribute: false}, stores: {state: true}, quantity: {state: true}, date: {state: true}, busy: {state: true}, problem: {state: true}};

  #key = newId();
  #asked = '';

  connectedCallback() {
    super.connectedCallback();
    this.quantity ??= Math.max(1, Math.min(this.goods.quantity ?? 1, this.location.available));
    allStores().then((stores) => {
      this.stores = stores;
      this.#firstDay();
    }, (error) => { this.problem = explain(error); });
  }

  get #store() { return this.stores?.get(this.location.store); }

  #firstDay() {
    const days = this.#store ? next(this.#store) : [];
    if (!days.some((each) => each.date === this.date)) this.date = days[0]?.date;
  }

  heading() { return t('reserve.title'); }

  body() {
    const store = this.#store;
    const choice = this.locations.filter((each) => each.available > 0 && each.pickupReadyTime);
    return html`<form id="reserve-form" class="stack" @submit=${this.#reserve}>
      <p class="reserve-what"><strong>${this.goods.title}</strong>${price(this.goods.price)}</p>
      <div class="reserve-where"><div class="field"><label for="reserve-store">${t('reserve.store')}</label>
          <select class="input" id="reserve-store" @change=${this.#choose}>${choice.map((each) => html`<option value=${each.store} ?selected=${each.store === this.location.store}>${each.title}${each.distanceMeters === undefined ? '' : ` · ${format.distance(each.distanceMeters)}`}</option>`)}</select></div>
        <div class="field"><label for="reserve-quantity">${t('reserve.quantity')}</label>
          <select class="input" id="reserve-quantity" @change=${(event) => { this.quantity = Number(event.target.value); }}>${Array.from({length: Math.min(20, this.location.available)}, (_, i) => html`<option value=${i + 1} ?selected=${i + 1 === this.quantity}>${i + 1}</option>`)}</select></div></div>
      <p class="small reserve-about">${explainedStock(this.location)} <span class="muted">${store ? openText(store) : ''}</span></p>
      ${store ? closingChoice(next(store), this.date, (date) => { this.date = date; }) : nothing}
      ${this.problem ? html`<div class="note danger" role="alert">${icon('warning', {size: 'small'})}<span>${this.problem}</span></div>` : nothing}</form>`;
  }

  footer() {
    return html`<button class="button" @click=${() => this.close()}>${t('action.cancel')}</button>
      <button class="button primary" type="submit" form="reserve-form" ?disabled=${!this.date} aria-busy=${this.busy ?? false}>${this.busy ? t('reserve.busy') : t('reserve.confirm')}</button>`;
  }

  #choose = (event) => {
    this.location = this.locations.find((each) => each.store === event.target.value);
    this.quantity = Math.min(this.quantity, this.location.available);
    this.#firstDay();
  };

  #reserve = async (event) => {
    event.preventDefault();
    if (this.busy || !this.date) return;
    this.busy = true;
    this.problem = undefined;
    const body = {customer: this.customer, store: this.location.store, lines: [{sku: this.goods.sku, quantity: this.quantity}], untilStoreClosing: this.date};
    const asked = JSON.stringify(body);
    if (this.#asked && this.#asked !== asked) this.#key = newId();
    this.#asked = asked;
    try {
      const made = await api.post('/v1/reservations', body, {idempotencyKey: this.#key});
      toast(t('reserve.kept', {store: made.storeTitle || this.location.title, until: format.dayTime(made.expireTime, this.#store?.timeZone)}), {image: 'check'});
      this.close(made);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // A refusal is an answer: the next try is another request. Anything else repeats the same one.
      if (error.kind === 'refused') this.#key = newId();
      const left = error.reason === 'STOCK_INSUFFICIENT' ? error.metadata[`sku.${this.goods.sku}`] : undefined;
      this.problem = left === undefined ? explain(error) : t('reserve.left', {count: Number(left)});
    } finally {
      this.busy = false;
    }
  };
}
customElements.define('desk-reserve-dialog', ReserveDialog);

/**
 * Opens it; resolves with the reservation, or undefined.
 * @param {{customer: string, goods: {sku, title, price, quantity}, location: object, locations: Array}} what
 */
export const reserve = (what) => openDialog(new ReserveDialog(), what);
