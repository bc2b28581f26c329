/** One order: where it stands, live; what, how it comes, what it cost; pay or cancel. */
import {html, nothing} from 'lit';
import {newId} from 'filo/api.js';
import {confirm} from 'filo/dialog.js';
import {FiloElement, Load} from 'filo/element.js';
import * as format from 'filo/format.js';
import {icon} from 'filo/icons.js';
import {t} from 'filo/i18n.js';
import {announce, complain, emptyBlock, idOf, picture, plain, price, shown, toast} from 'filo/ui.js';
import {allStores, api, cart, live, session} from '../state.js';
import {orderTag} from '../parts/order-state.js';
import {sums} from '../parts/order-sums.js';

class Order extends FiloElement {
  static properties = {params: {attribute: false}, query: {attribute: false}, busy: {state: true}};
  #cancelKey = newId();

  constructor() {
    super();
    this.order = new Load(this, (signal) => api.get(`/v1/${this.#name}`, {signal}));
  }

  /** Also where a payment provider sends her back to: `/order?order=…`. */
  get #name() { return `orders/${encodeURIComponent(this.params.order ?? this.query?.get('order') ?? '')}`; }

  title_() { return t('order.one'); }
  settled() { return this.order.done; }

  willUpdate(changed) {
    if (!changed.has('params')) return;
    this.order.run();
    allStores().then((stores) => { this.stores = stores; this.requestUpdate(); }, () => { /* the order names its store */ });
    // Named by now, not yet when it was made.
    this.whileConnected(() => session.known ? live.subscribe([this.#name], ({kind, data}) => {
      if (kind === 'reset') return void this.order.run();
      if (kind === 'order' && data.order?.name === this.#name) this.#take(data.order);
    }) : () => {});
  }

  #take(next) {
    const before = plain(this.order.data?.state);
    this.order.set(next);
    if (before && before !== plain(next.state)) {
      announce(t(`order.head.${plain(next.state)}`));
      cart.read();
    }
  }

  render() {
    if (this.order.error?.status === 404 && !this.order.data) {
      return emptyBlock({image: 'box', title: t('order.missing'), text: t('order.missingText'), action: html`<a class="button" href="/orders">${t('orders.title')}</a>`});
    }
    return html`<nav class="crumbs small" aria-label=${t('nav.crumbs')}>${icon('back', {size: 'small'})} <a href="/orders">${t('orders.title')}</a></nav>
      ${shown(this.order, (order) => this.#page(order), {skeleton: html`<div class="card"><p class="skeleton line"></p><p class="skeleton line short"></p></div>`})}`;
  }

  #page(order) {
    const state = plain(order.state);
    const payment = order.payment ?? {};
    return html`<div class="cart order">
      <div class="stack-24">
        <section class="card stack" aria-labelledby="order-title"><p>${orderTag(order)}</p>
          <h1 id="order-title">${t(`order.head.${state}`)}</h1>
          <p class="muted">${t('order.number', {number: format.spaced(order.number)})} · ${format.dayTime(order.createTime)}</p>
          <p>${this.#what(order, state, payment)}</p>
          ${payment.redirectUri ? html`<div><a class="button primary" href=${payment.redirectUri}>${icon('forward')} ${t('checkout.pay')}</a></div>` : nothing}</section>
        ${(order.parcels ?? []).map((parcel) => this.#parcel(order, parcel))}
        ${order.address ? html`<section class="card"><h2 class="small-head">${t('checkout.address')}</h2><p>${order.address.recipient}<br>${order.address.street}<br>${order.address.postalCode} ${order.address.city}</p></section>` : nothing}
      </div>
      <aside class="card cart-sum" aria-label=${t('cart.summary')}><div class="stack">${sums(order)}
        <p class="small muted">${t(`payment.${payment.method}`)} · ${t(`payment.state.${plain(payment.state)}`)}${payment.refunded ? html` <span class="num">(${format.money(payment.refunded)})</span>` : nothing}</p>
        ${order.cancellable ? html`<button class="button wide" aria-busy=${this.busy ?? false} @click=${() => this.#cancel(order)}>${icon('close')} ${t('order.cancel')}</button>` : nothing}</div></aside></div>`;
  }

  #what(order, state, payment) {
    switch (state) {
      case 'AWAITING_PAYMENT': return payment.redirectUri ? t('order.text.AWAITING_PAYMENT', {until: format.timeOrDay(payment.payUntilTime)}) : t('order.text.paidJustNow');
      case 'CANCELLED': return t(`order.cancelled.${plain(order.cancelCause)}`);
      case 'PLACED': return payment.method === 'PAY_IN_STORE' ? t('order.text.PAY_IN_STORE') : t('order.text.PLACED');
      default: return t(`order.text.${state}`);
    }
  }

  #parcel(order, parcel) {
    const pickup = plain(parcel.fulfilment?.kind, 'KIND_') === 'PICKUP';
    const store = this.stores?.get(parcel.fulfilment?.store);
    const state = plain(parcel.state);
    const lines = (order.lines ?? []).filter((line) => parcel.skus?.includes(line.sku));
    return html`<section class="card"><div class="spread wrap"><h2 class="small-head">${pickup ? t('fulfilment.at', {store: parcel.storeTitle || store?.title || idOf(parcel.fulfilment.store)}) : t('fulfilment.ship')}</h2>
        <span class="tag">${t(`parcel.${pickup ? 'pickup' : 'ship'}.${state}`)}</span></div>
      ${pickup && store ? html`<p class="small muted">${[store.address, store.postalCode, store.city].filter(Boolean).join(', ')}</p>` : nothing}
      <ul class="list">${lines.map((line) => html`<li class="reservation-line">
        <span class="reservation-picture">${picture(line.mediaUri ? {uri: line.mediaUri} : undefined, {decorative: true})}</span>
        <span class="grow">${line.quantity > 1 ? html`<span class="num">${line.quantity} × </span>` : nothing}<a class="plain" href="/products/${idOf(line.product)}?sku=${line.sku}">${line.title}</a></span>${price(line.total)}</li>`)}</ul>
      ${parcel.reservation && state === 'SECURED' && plain(order.state) === 'PLACED' ? html`<p><a class="button" href="/reservations/${idOf(parcel.reservation)}">${icon('qr')} ${t('order.code')}</a></p>` : nothing}</section>`;
  }

  async #cancel(order) {
    const paid = plain(order.payment?.state) === 'PAID';
    if (!await confirm({title: t('order.cancelTitle'), text: t(paid ? 'order.cancelPaid' : 'order.cancelText'), yes: t('order.cancel'), no: t('order.cancelNo'), danger: true})) return;
    this.busy = true;
    try {
      this.#take(await api.post(`/v1/${order.name}:cancel`, {}, {idempotencyKey: this.#cancelKey}));
      toast(t('order.head.CANCELLED'), {image: 'check'});
    } catch (error) {
      complain(error);
      this.order.run();
    } finally {
      this.busy = false;
    }
  }
}
customElements.define('shop-order', Order);
