/** The checkout: what, how it comes, where to, how it is paid, what it costs. Nothing is kept before she orders. */
import {html, nothing} from 'lit';
import {repeat} from 'lit/directives/repeat.js';
import {ApiError, explain, newId} from 'filo/api.js';
import {FiloElement, Load} from 'filo/element.js';
import {icon} from 'filo/icons.js';
import {has, t} from 'filo/i18n.js';
import {emptyBlock, idOf, picture, plain, price, shown} from 'filo/ui.js';
import {allStores, api, cart, me, session} from '../state.js';
import {router} from '../routes.js';
import {sums} from '../parts/order-sums.js';

const RETURN = '/order';

class Checkout extends FiloElement {
  static properties = {payment: {state: true}, busy: {state: true}, problem: {state: true}};
  #key = newId();
  #stores = new Map();
  #etag;

  constructor() {
    super();
    this.quote = new Load(this, (signal) => api.get('/v1/customers/me/cart:quote', {signal}));
    allStores().then((stores) => { this.#stores = stores; this.requestUpdate(); }, () => { /* the store's id has to do */ });
    // The cart may change here, on another device, or by an agent: the sums follow.
    this.listen(cart, 'change', () => {
      if (session.known && !cart.pending && cart.server && cart.server.etag !== this.#etag) this.#read();
      this.requestUpdate();
    });
    cart.start();
    if (session.known) this.#read();
    else this.quote.set({problems: [{reason: 'CART_EMPTY'}]});
  }

  title_() { return t('checkout.title'); }
  settled() { return this.quote.done; }

  #read() {
    this.#etag = cart.server?.etag;
    // Another order than the one a request id was for.
    this.#key = newId();
    return this.quote.run();
  }

  render() {
    return html`<nav class="crumbs small" aria-label=${t('nav.crumbs')}>${icon('back', {size: 'small'})} <a href="/cart">${t('cart.title')}</a></nav>
      <h1 class="page-head">${t('checkout.title')}</h1>
      ${shown(this.quote, (quote) => this.#page(quote), {skeleton: html`<div class="card"><p class="skeleton line"></p><p class="skeleton line short"></p></div>`})}`;
  }

  #page(quote) {
    const problems = quote.problems ?? [];
    if (problems.some((each) => each.reason === 'CART_EMPTY')) {
      return emptyBlock({image: 'cart', title: t('cart.empty'), text: t('cart.emptyText'), action: html`<a class="button primary" href="/search">${t('home.all')}</a>`});
    }
    const payments = quote.payments ?? [];
    const chosen = payments.includes(this.payment) ? this.payment : payments[0];
    return html`<form class="cart" id="checkout-form" @submit=${this.#order}>
      <div class="stack-24">
        ${this.problem ? html`<div class="note danger" role="alert" tabindex="-1" id="checkout-problem">${icon('warning')}<div class="grow stack-8">${this.problem}</div></div>` : nothing}
        ${problems.length ? this.#problems(problems) : nothing}
        <section class="card" aria-labelledby="checkout-what"><h2 class="small-head" id="checkout-what">${t('checkout.what')}</h2>${this.#lines(quote.lines ?? [], problems)}</section>
        ${quote.addressNeeded ? this.#address() : nothing}
        ${payments.length ? html`<section class="card"><fieldset class="stack-8"><legend class="small-head">${t('checkout.payment')}</legend>
          ${payments.map((each) => html`<label class="choice boxed"><input type="radio" name="payment" value=${each} required .checked=${each === chosen} @change=${() => { this.payment = each; this.#key = newId(); }}>
            <span class="grow"><strong>${t(`payment.${each}`)}</strong><br><span class="small muted">${t(`payment.${each}.text`)}</span></span></label>`)}</fieldset></section>` : nothing}
      </div>
      <aside class="card cart-sum" aria-label=${t('cart.summary')}><div class="stack">
        ${sums(quote)}
        <button class="button primary wide" ?disabled=${problems.length > 0 || cart.pending || cart.away || !payments.length} aria-busy=${this.busy ?? false}>${icon(chosen === 'PROVIDER' ? 'forward' : 'check')} ${t(chosen === 'PROVIDER' ? 'checkout.pay' : 'checkout.order')}</button>
        <p class="muted small">${t(chosen === 'PROVIDER' ? 'checkout.payText' : 'checkout.orderText')}</p>
        ${!payments.length && !problems.length ? html`<p class="small warn-text">${t('checkout.noPayment')}</p>` : nothing}
      </div></aside></form>`;
  }

  #problems(problems) {
    const others = problems.filter((each) => each.reason !== 'FULFILMENT_MISSING');
    const open = problems.length - others.length;
    return html`<div class="note warn" role="status">${icon('info')}<div class="grow stack-8">
      ${open ? html`<p>${t('checkout.choose', {count: open})}</p>` : nothing}
      ${others.map((each) => html`<p>${this.#named(each)}${has(`reason.${each.reason}`) ? t(`reason.${each.reason}`) : t('error.refused')}</p>`)}
      ${others.length ? html`<p><a href="/cart">${t('checkout.toCart')}</a></p>` : nothing}</div></div>`;
  }

  #named(problem) {
    const line = cart.lines.find((each) => each.id === problem.line);
    return line?.title ? html`<strong>${line.title}</strong>: ` : nothing;
  }

  #lines(lines, problems) {
    return html`<ul class="list">${repeat(lines, (line) => line.sku, (line) => {
      const mine = cart.lines.find((each) => each.sku === line.sku);
      const title = mine?.title ?? line.title;
      const open = problems.some((each) => each.reason === 'FULFILMENT_MISSING' && each.sku === line.sku);
      return html`<li class="reservation-line checkout-line" data-sku=${line.sku}>
        <span class="reservation-picture">${picture(line.mediaUri ? {uri: line.mediaUri} : undefined, {decorative: true})}</span>
        <span class="grow"><span>${line.quantity > 1 ? html`<span class="num">${line.quantity} × </span>` : nothing}${title}</span><br>
          <span class="small ${open ? 'warn-text' : 'muted'}">${this.#way(line.fulfilment)}</span>
          ${mine ? html` <button type="button" class="link small" aria-label=${t('fulfilment.changeOf', {title})} @click=${() => this.#choose({...mine, title})}>${open ? t('fulfilment.choose') : t('fulfilment.change')}</button>` : nothing}</span>
        ${price(line.total)}</li>`;
    })}</ul>`;
  }

  #way(fulfilment) {
    const kind = plain(fulfilment?.kind, 'KIND_');
    if (kind === 'SHIP') return t('fulfilment.ship');
    if (kind === 'PICKUP') return t('fulfilment.at', {store: this.#stores.get(fulfilment.store)?.title ?? idOf(fulfilment.store)});
    return t('fulfilment.open');
  }

  #address() {
    const full = [me.customer?.givenName, me.customer?.familyName].filter(Boolean).join(' ');
    const field = (name, label, autocomplete, most, more = {}) => html`<div class="field"><label for="address-${name}">${t(label)}</label>
      <input class="input" id="address-${name}" name=${name} autocomplete=${autocomplete} maxlength=${most} ?required=${!more.optional} inputmode=${more.inputmode ?? nothing} .defaultValue=${more.value ?? ''}></div>`;
    return html`<section class="card"><fieldset class="stack"><legend class="small-head">${t('checkout.address')}</legend>
      ${field('recipient', 'address.recipient', 'shipping name', 100, {value: full})}
      ${field('street', 'address.street', 'shipping street-address', 200)}
      <div class="two">${field('postalCode', 'address.postalCode', 'shipping postal-code', 16, {inputmode: 'numeric'})}${field('city', 'address.city', 'shipping address-level2', 100)}</div>
      ${field('phone', 'address.phone', 'shipping tel', 20, {optional: true, inputmode: 'tel'})}
      <p class="hint muted small">${t('address.country')}</p></fieldset></section>`;
  }

  async #choose(line) {
    const {chooseFulfilment} = await import('../parts/line-dialogs.js');
    await chooseFulfilment(line);
  }

  #order = async (event) => {
    event.preventDefault();
    if (this.busy) return;
    const quote = this.quote.data;
    const form = new FormData(event.target);
    const text = (name) => String(form.get(name) ?? '').trim();
    const payment = text('payment');
    this.busy = true;
    this.problem = undefined;
    cart.ordering((quote.lines ?? []).map((line) => line.sku));
    try {
      const order = await api.post('/v1/customers/me/cart:checkout', {
        payment, expectedTotal: quote.total, etag: quote.etag,
        ...(payment === 'PROVIDER' ? {returnPath: RETURN} : {}),
        ...(quote.addressNeeded ? {address: {recipient: text('recipient'), street: text('street'), postalCode: text('postalCode'), city: text('city'), regionCode: 'IT', phone: text('phone')}} : {}),
      }, {idempotencyKey: this.#key, timeout: 20_000});
      if (order.payment?.redirectUri) return void location.assign(order.payment.redirectUri);
      cart.read();
      router.go(`/orders/${idOf(order.name)}`);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.problem = this.#explain(error);
      cart.ordering([]);
      // What was refused was decided; what got lost is asked again by the same id.
      if (!error.passing) await this.#again(error);
    } finally {
      this.busy = false;
      await this.updateComplete;
      this.querySelector('#checkout-problem')?.focus();
    }
  };

  async #again(error) {
    this.#key = newId();
    if (['ETAG_STALE', 'TOTAL_CHANGED', 'PRODUCT_WITHDRAWN', 'FULFILMENT_MISSING', 'STOCK_INSUFFICIENT'].includes(error.reason)) {
      await cart.read();
      await this.#read();
    }
  }

  #explain(error) {
    if (error.reason !== 'STOCK_INSUFFICIENT') return html`<p>${explain(error)}</p>`;
    const short = Object.entries(error.metadata ?? {}).filter(([name]) => name.startsWith('sku.')).map(([name, available]) => ({sku: name.slice(4), available: Number(available)}));
    return html`<p><strong>${t('checkout.short')}</strong></p>
      ${short.length ? html`<ul class="plain-list">${short.map(({sku, available}) => html`<li>${cart.lines.find((line) => line.sku === sku)?.title ?? sku}: ${available > 0 ? t('checkout.shortSome', {count: available}) : t('checkout.shortNone')}</li>`)}</ul>` : nothing}
      <p>${t('checkout.shortText')} <a href="/cart">${t('checkout.toCart')}</a></p>`;
  }
}
customElements.define('shop-checkout', Checkout);
