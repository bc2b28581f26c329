/** Another store that has what one could not keep: taken or left with one tap. */
import {html, nothing} from 'lit';
import {ApiError, explain, newId} from 'filo/api.js';
import {FiloElement} from 'filo/element.js';
import * as format from 'filo/format.js';
import {icon} from 'filo/icons.js';
import {t} from 'filo/i18n.js';
import {announce, idOf, plain, toast} from 'filo/ui.js';
import {api} from '../state.js';

/** Whether a reservation has an offer that waits for an answer. */
export const hasOpenOffer = (reservation) => plain(reservation.offer?.state) === 'OPEN';

class OfferCard extends FiloElement {
  static properties = {reservation: {attribute: false}, timeZone: {}, busy: {state: true}, problem: {state: true}};
  #keys = new Map();

  /** One key for each answer to each store's offer: asking again after a lost answer is the same answer. */
  #key(answer) {
    const of = `${answer} ${this.reservation.offer.store}`;
    if (!this.#keys.has(of)) this.#keys.set(of, newId());
    return this.#keys.get(of);
  }

  render() {
    const {offer, replacedBy, storeTitle} = this.reservation;
    if (!offer) return nothing;
    const store = offer.storeTitle;
    if (!hasOpenOffer(this.reservation)) {
      return html`<section class="card offer"><p>${t(`offer.state.${plain(offer.state)}`, {store})}</p>
        ${replacedBy ? html`<p><a class="button primary" href="/reservations/${idOf(replacedBy)}">${t('offer.see')}</a></p>` : nothing}</section>`;
    }
    return html`<section class="card offer open" aria-labelledby="offer-title"><h2 id="offer-title">${icon('store')} ${t('offer.head', {store})}</h2>
      <p>${[offer.distanceMeters === undefined ? '' : t('offer.far', {distance: format.distance(offer.distanceMeters), store: storeTitle}), offer.pickupReadyTime ? t('offer.ready', {when: format.dayTime(offer.pickupReadyTime, this.timeZone)}) : ''].filter(Boolean).join('. ')}</p>
      <p class="muted small">${t('offer.until', {until: format.dayTime(offer.expireTime, this.timeZone)})}</p>
      ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing}
      <div class="cluster"><button class="button primary" aria-busy=${this.busy === 'accept'} @click=${this.#accept}>${t('offer.accept')}</button>
        <button class="button text" aria-busy=${this.busy === 'decline'} @click=${this.#decline}>${t('offer.decline')}</button></div></section>`;
  }

  #accept = () => this.#answer('accept', async (offer) => {
    const there = await api.post(`/v1/${this.reservation.name}:acceptOffer`, {store: offer.store}, {idempotencyKey: this.#key('accept')});
    announce(t('offer.accepted', {store: there.storeTitle}));
    toast(t('offer.accepted', {store: there.storeTitle}), {image: 'check'});
    this.dispatchEvent(new CustomEvent('accepted', {detail: there}));
  });

  #decline = () => this.#answer('decline', async (offer) => {
    this.dispatchEvent(new CustomEvent('changed', {detail: await api.post(`/v1/${this.reservation.name}:declineOffer`, {store: offer.store}, {idempotencyKey: this.#key('decline')})}));
  });

  async #answer(which, work) {
    if (this.busy) return;
    this.busy = which;
    this.problem = undefined;
    try {
      await work(this.reservation.offer);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.problem = explain(error);
      // Another store may be offered by now.
      if (error.reason?.startsWith('OFFER_')) this.dispatchEvent(new Event('stale'));
    } finally {
      this.busy = undefined;
    }
  }
}
customElements.define('shop-offer', OfferCard);
