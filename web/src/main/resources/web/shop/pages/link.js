/** Where a link to somebody's cart leads: what is in it, and into one's own cart with one tap. The own cart stays. */
import {html, nothing} from 'lit';
import {ApiError, explain, newId} from 'filo/api.js';
import {FiloElement, Load} from 'filo/element.js';
import {icon} from 'filo/icons.js';
import {t} from 'filo/i18n.js';
import {emptyBlock, idOf, picture, plain, price, shown, toast} from 'filo/ui.js';
import {router} from '../routes.js';
import {api, cart} from '../state.js';

class CartLink extends FiloElement {
  static properties = {params: {attribute: false}, busy: {state: true}, problem: {state: true}};
  #key = newId();

  constructor() {
    super();
    this.link = new Load(this, (signal) => api.get(`/v1/cartLinks/${encodeURIComponent(this.params.link)}`, {auth: 'optional', signal}));
    this.listen(cart, 'change');
  }

  title_() { return t('link.title'); }
  settled() { return this.link.data ? Promise.resolve() : this.link.done; }
  languageChanged() { this.link.run(); }

  willUpdate(changed) { if (changed.has('params')) this.link.run(); }

  render() {
    const {error} = this.link;
    if (error && !error.passing && !this.link.data) {
      const expired = error.reason === 'LINK_EXPIRED';
      return emptyBlock({image: 'link', title: t(expired ? 'link.expired' : 'link.missing'), text: t(expired ? 'link.expiredText' : 'link.missingText'), action: html`<a class="button primary" href=${expired ? '/cart' : '/'}>${t(expired ? 'nav.cart' : 'nav.home')}</a>`});
    }
    return shown(this.link, (link) => this.#page(link), {skeleton: html`<div class="card" aria-busy="true"><p class="skeleton line"></p><p class="skeleton line short"></p></div>`});
  }

  #page(link) {
    const left = plain(link.kind, 'KIND_') === 'ABANDONED';
    const lines = link.lines ?? [];
    return html`<h1>${left ? t('link.titleLeft') : t('link.title')}</h1>
      <p class="muted link-lead">${left ? t('link.leadLeft') : t('link.lead')}</p>
      <ul class="list card cart-lines link-lines">${lines.map((line) => html`<li class="cart-line">
        <span class="cart-picture">${picture(line.mediaUri ? {uri: line.mediaUri} : undefined, {decorative: true})}</span>
        <div class="cart-text"><p class="cart-title">${line.product ? html`<a class="plain" href="/products/${idOf(line.product)}?sku=${line.sku}">${line.title}</a>` : line.title}</p>
          <p class="small muted">${line.withdrawn ? t('cart.withdrawn') : t('link.pieces', {count: line.quantity ?? 1})}</p></div>
        <p class="cart-price">${price(line.unitPrice)}</p></li>`)}</ul>
      ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing}
      <p class="cluster link-actions"><button class="button primary" aria-busy=${this.busy ?? false} @click=${this.#take}>${icon('cart')} ${t('link.take')}</button>
        ${cart.count ? html`<span class="muted small">${t('link.kept', {count: cart.count})}</span>` : nothing}</p>`;
  }

  #take = async () => {
    if (this.busy) return;
    this.busy = true;
    this.problem = undefined;
    try {
      const answer = await api.post('/v1/customers/me/cart:takeLink', {link: this.link.data.name}, {idempotencyKey: this.#key});
      cart.take(answer.cart);
      cart.start();
      const refused = (answer.results ?? []).filter((each) => plain(each.outcome, 'OUTCOME_') === 'REFUSED').length;
      toast(refused ? t('link.tookSome', {count: refused}) : t('link.took'), {image: refused ? 'warning' : 'check'});
      router.go('/cart', {replace: true});
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.problem = explain(error);
    } finally {
      this.busy = false;
    }
  };
}
customElements.define('shop-cart-link', CartLink);
