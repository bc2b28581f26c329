/** What she has ordered, newest first. */
import {html, nothing} from 'lit';
import {repeat} from 'lit/directives/repeat.js';
import {ApiError, explain} from 'filo/api.js';
import {FiloElement, Load} from 'filo/element.js';
import * as format from 'filo/format.js';
import {icon} from 'filo/icons.js';
import {t} from 'filo/i18n.js';
import {emptyBlock, idOf, picture, price, shown} from 'filo/ui.js';
import {api, session} from '../state.js';
import {orderTag} from '../parts/order-state.js';

class Orders extends FiloElement {
  static properties = {busy: {state: true}, problem: {state: true}};

  constructor() {
    super();
    this.list = new Load(this, async (signal) => {
      const {orders = [], nextPageToken} = await api.get('/v1/customers/me/orders', {signal});
      this.next = nextPageToken;
      return orders;
    });
    if (session.known) this.list.run();
    else this.list.set([]);
  }

  title_() { return t('orders.title'); }
  settled() { return this.list.done; }

  render() {
    return html`<nav class="crumbs small" aria-label=${t('nav.crumbs')}>${icon('back', {size: 'small'})} <a href="/account">${t('nav.account')}</a></nav>
      <h1 class="page-head">${t('orders.title')}</h1>
      ${shown(this.list, (all) => this.#all(all), {skeleton: html`<div class="card"><p class="skeleton line"></p><p class="skeleton line short"></p></div>`})}`;
  }

  #all(all) {
    if (!all.length) {
      return emptyBlock({image: 'box', title: t('orders.empty'), text: t('orders.emptyText'), action: html`<a class="button primary" href="/search">${t('home.all')}</a>
        ${session.known ? nothing : html`<a class="button" href="/account">${t('account.signIn')}</a>`}`});
    }
    return html`<ul class="list reservation-list">${repeat(all, (each) => each.name, (each) => this.#row(each))}</ul>
      ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing}
      ${this.next ? html`<p class="section center"><button class="button" aria-busy=${this.busy ?? false} @click=${this.#more}>${t('orders.more')}</button></p>` : nothing}`;
  }

  #row(order) {
    const [line, ...others] = order.lines ?? [];
    return html`<li><a class="card reservation-row" data-name=${order.name} href="/orders/${idOf(order.name)}">
      <span class="reservation-picture">${picture(line?.mediaUri ? {uri: line.mediaUri} : undefined, {decorative: true})}</span>
      <span class="grow reservation-text"><span>${orderTag(order)}</span>
        <span class="reservation-title">${(line?.quantity ?? 1) > 1 ? `${line.quantity} × ` : ''}${line?.title ?? line?.sku}${others.length ? ` ${t('reservations.more', {count: others.length})}` : ''}</span>
        <span class="muted small">${t('order.number', {number: format.spaced(order.number)})} · ${format.dayTime(order.createTime)}</span></span>
      <span>${price(order.total)}</span>${icon('right')}</a></li>`;
  }

  #more = async () => {
    if (this.busy) return;
    this.busy = true;
    this.problem = undefined;
    try {
      const {orders = [], nextPageToken} = await api.get('/v1/customers/me/orders', {query: {pageToken: this.next}});
      this.next = nextPageToken;
      this.list.set([...this.list.data, ...orders]);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.problem = explain(error);
    } finally {
      this.busy = false;
    }
  };
}
customElements.define('shop-orders', Orders);
