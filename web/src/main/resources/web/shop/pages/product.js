/** One product: picture, variants, price, and which stores near her have it now. */
import {html, nothing} from 'lit';
import {FiloElement, Load} from 'filo/element.js';
import * as format from 'filo/format.js';
import {openText, week} from 'filo/hours.js';
import {icon} from 'filo/icons.js';
import {t} from 'filo/i18n.js';
import {announce, asOf, complain, emptyBlock, picture, price, shown, stockBadge, stockText, toast} from 'filo/ui.js';
import {router} from '../routes.js';
import {allStores, api, campaign, cart, place, seen} from '../state.js';
import {track} from '../track.js';
import {swatch} from '../parts/swatch.js';
import '../parts/waitlist-entry.js';

const FIRST_STORES = 4;

class Product extends FiloElement {
  static properties = {params: {attribute: false}, query: {attribute: false}, shot: {state: true}, allStoresShown: {state: true}};

  constructor() {
    super();
    this.shot = 0;
    this.product = new Load(this, (signal) => api.get(`/v1/products/${encodeURIComponent(this.params.product)}`, {auth: 'optional', signal}));
    this.nearby = new Load(this, (signal) => this.#readNearby(signal));
    this.nearest = new Load(this, (signal) => this.#readNearest(signal));
    this.listen(place, 'change', () => this.#stock());
    this.listen(cart, 'change');
    // Stock is as fresh as its last reading: read again when she comes back to the page.
    this.listen(document, 'visibilitychange', () => {
      if (document.visibilityState === 'visible' && this.variant && Date.now() - this.nearby.at > 30_000) this.#stock();
    });
  }

  keepOn({params}) { return params.product === this.params.product; }
  settled() { return this.product.data ? Promise.resolve() : this.product.done; }
  title_() { return this.product.data?.title; }
  languageChanged() { this.product.run(); }

  get variant() {
    const variants = this.product.data?.variants ?? [];
    const wanted = this.query?.get('sku');
    return variants.find((each) => each.sku === wanted) ?? variants[0];
  }

  willUpdate(changed) {
    if (changed.has('params') && this.params.product !== this.shownProduct) {
      this.shownProduct = this.params.product;
      const known = seen.get(`products/${this.params.product}`);
      if (known) this.product.set(known);
      this.product.run().then(() => {
        document.title = this.product.data ? `${this.product.data.title} · Filo` : document.title;
        if (this.product.data) track('product_view', this.product.data.name, this.product.data.title);
      });
    }
    if (changed.has('query') && this.query?.get('utm_campaign')) campaign.come(this.query.get('utm_campaign'), this.query.get('sku') ?? this.variant?.sku);
    if (this.variant && this.variant.sku !== this.stockSku) this.#stock();
  }

  #stock() {
    if (this.variant.sku !== this.stockSku) this.nearby.data = undefined;
    this.stockSku = this.variant.sku;
    this.shot = 0;
    this.nearby.run();
    if (this.product.data.variants.length > 1) this.nearest.run();
  }

  async #readNearby(signal) {
    const [answer, stores] = await Promise.all([
      api.get('/v1/availability:nearby', {query: {sku: this.stockSku, ...place.query, radiusMeters: 100_000}, auth: 'optional', signal}),
      allStores().catch(() => new Map())]);
    return {...answer, locations: (answer.locations ?? []).map((each) => ({...each, available: each.available ?? 0, about: stores.get(each.store)}))};
  }

  /** Which variants there are, in a store or to be delivered: a Map of SKU to pieces. */
  async #readNearest(signal) {
    const answer = await api.get('/v1/availability:nearest', {query: {skus: this.product.data.variants.map((each) => each.sku), ...place.query}, auth: 'optional', signal, retries: 0});
    return new Map((answer.items ?? []).map((each) => [each.sku, (each.nearest?.available ?? 0) + (each.deliverable ?? 0)]));
  }

  render() {
    if (this.product.error?.status === 404 && !this.product.data) {
      return emptyBlock({image: 'search', title: t('product.missing'), text: t('product.missingText'), action: html`<a class="button" href="/search">${t('home.all')}</a>`});
    }
    return shown(this.product, (product) => this.#page(product), {skeleton: html`<div class="product"><span class="picture skeleton"></span><div class="stack"><span class="skeleton line"></span><span class="skeleton line short"></span></div></div>`});
  }

  #page(product) {
    const variant = this.variant;
    const shots = (variant?.media?.length ? variant.media : product.media) ?? [];
    const shot = shots[Math.min(this.shot, shots.length - 1)];
    return html`
      <nav class="crumbs small" aria-label=${t('nav.crumbs')}><a href="/">${t('nav.home')}</a> ${icon('right', {size: 'small'})}
        ${product.category ? html`<a href="/search?filter=category:${product.category.key}">${product.category.label}</a>` : nothing}</nav>
      <div class="product">
        <div class="product-pictures">
          <div class="product-picture">${picture(shot, {eager: true})}</div>
          ${shots.length > 1 ? html`<div class="shots" role="group" aria-label=${t('product.pictures')}>${shots.map((each, i) => html`
            <button class="shot" aria-pressed=${i === this.shot} aria-label=${each.alt || t('product.pictureNumber', {number: i + 1})} @click=${() => { this.shot = i; }}>${picture(each, {decorative: true})}</button>`)}</div>` : nothing}
        </div>
        <div class="product-info">
          <h1>${product.title}</h1>
          <p class="product-page-price">${price(variant?.price)} <span class="muted small">${t('price.vat')}</span></p>
          ${this.#variants(product, variant)}
          ${this.#buy(product, variant, shot)}
          ${product.description ? html`<p>${product.description}</p>` : nothing}
          ${this.#attributes(product, variant)}
        </div>
      </div>
      ${this.#stores(product, variant)}`;
  }

  #variants(product, variant) {
    if (product.variants.length < 2) return nothing;
    return html`<fieldset class="variants"><legend class="label">${t('product.variant')} <span class="muted variant-name">${variant.title}</span></legend>
      <div class="variant-row">${product.variants.map((each) => {
        const none = this.nearest.data && !this.nearest.error && (this.nearest.data.get(each.sku) ?? 0) === 0;
        const label = none ? t('product.variantNone', {title: each.title}) : each.title;
        return html`<label class="variant ${each.swatch ? 'coloured' : ''} ${none ? 'none' : ''}" title=${label}>
          <input type="radio" name="variant" class="visually-hidden" .checked=${each.sku === variant.sku} aria-label=${label} @change=${() => this.#choose(each)}>
          ${each.swatch ? swatch(each.swatch) : html`<span>${each.title}</span>`}</label>`;
      })}</div></fieldset>`;
  }

  #choose(variant) {
    announce(`${variant.title}, ${format.money(variant.price)}`);
    const next = new URLSearchParams(this.query);
    next.set('sku', variant.sku);
    history.replaceState(history.state, '', `${location.pathname}?${next}`);
    this.query = next;
  }

  #buy(product, variant, shot) {
    const inCart = cart.lines.find((line) => line.sku === variant.sku);
    const withdrawn = product.withdrawn;
    return html`<div class="buy">
      ${withdrawn ? html`<p class="note">${icon('info')}<span>${t('product.withdrawn')}</span></p>` : html`
      <button class="button primary add" @click=${() => this.#add(product, variant, shot)}>${icon('cart')} ${t('cart.add')}</button>`}
      ${inCart ? html`<a class="in-cart small" href="/cart">${icon('check', {size: 'small'})} ${t('cart.inCart', {count: inCart.quantity})}</a>` : nothing}
      ${this.#summary()}
    </div>`;
  }

  /** One line beside the button: the nearest store that has it. */
  #summary() {
    if (this.nearby.error && !this.nearby.data) return html`<p>${stockBadge({unknown: true}, t('stock.outage'))}</p>`;
    const data = this.nearby.data;
    if (!data) return html`<p class="stock-line" aria-hidden="true">&nbsp;</p>`;
    const first = data.locations.find((each) => each.available > 0);
    return html`<p class="stock-line"><a class="plain" href="#stores" @click=${this.#toStores}>${first
      ? stockBadge(first, [first.title ?? first.about?.title, first.distanceMeters === undefined ? '' : format.distance(first.distanceMeters)].filter(Boolean).join(' · '))
      : stockBadge({available: 0}, t('stock.nowhereNear'))}</a></p>`;
  }

  #toStores = (event) => {
    event.preventDefault();
    const heading = this.querySelector('#stores');
    heading.scrollIntoView({behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'instant' : 'smooth', block: 'start'});
    heading.focus({preventScroll: true});
  };

  #full(product, variant) { return product.variants.length > 1 ? `${product.title}, ${variant.title}` : product.title; }

  #add(product, variant, shot) {
    const title = this.#full(product, variant);
    cart.add(variant.sku, 1, {title, unitPrice: variant.price, product: product.name, mediaUri: shot?.uri}, campaign.of(variant.sku));
    toast(t('cart.added', {title}), {kind: 'cart', image: 'check', action: {label: t('cart.open'), run: () => router.go('/cart')}});
  }

  #attributes(product, variant) {
    const all = [...(product.attributes ?? []), ...(variant?.attributes ?? [])];
    if (!all.length) return nothing;
    return html`<dl class="attributes">${all.map((each) => html`<div><dt class="muted">${each.label}</dt><dd>${each.value}</dd></div>`)}
      <div><dt class="muted">${t('product.sku')}</dt><dd class="num">${variant.sku}</dd></div></dl>`;
  }

  #stores(product, variant) {
    return html`<section class="section stores" aria-labelledby="stores">
      <div class="spread wrap"><h2 id="stores" tabindex="-1">${t('product.stores')}</h2>
        <p class="small">${icon('pin', {size: 'small'})} ${t('place.near', {place: place.current.title})} <button class="link" @click=${async () => (await import('../parts/place-dialog.js')).choosePlace()}>${t('place.change')}</button></p></div>
      ${this.nearby.error && this.nearby.data === undefined ? html`<div class="card"><p>${stockBadge({unknown: true})}</p><p class="muted">${t('stock.outageText')}</p>
          <p><button class="button" @click=${() => this.nearby.run()}>${icon('refresh')} ${t('action.retry')}</button></p></div>`
        : shown(this.nearby, (data) => this.#storeList(data, product, variant), {skeleton: html`<div class="card">${Array.from({length: 3}, () => html`<p class="skeleton line"></p>`)}</div>`})}
    </section>`;
  }

  #storeList(data, product, variant) {
    const locations = data.locations.filter((each) => !each.about?.warehouse);
    if (!locations.length) return html`<div class="card">${t('product.noStores', {place: place.current.title})}</div>`;
    // Nearest first; at least as far as the first store that has it.
    const first = locations.findIndex((each) => each.available > 0);
    const visible = this.allStoresShown ? locations : locations.slice(0, Math.max(FIRST_STORES, first + 1));
    return html`<div class="card store-card"><ul class="list store-list">${visible.map((each) => this.#storeRow(each, product, variant))}</ul>
      ${locations.length > visible.length ? html`<button class="button text" @click=${() => { this.allStoresShown = true; }}>${icon('down')} ${t('product.moreStores', {count: locations.length - visible.length})}</button>` : nothing}
      <p class="store-foot">${data.asOfTime ? html`${icon('clock', {size: 'small'})} <span class="muted small">${t('stock.counted')}</span> ${asOf(data.asOfTime)}` : nothing}
        <button class="link small" @click=${() => this.nearby.run()}>${t('stock.again')}</button></p></div>`;
  }

  #storeRow(location, product, variant) {
    const store = location.about;
    const open = store ? openText(store) : '';
    return html`<li class="store-row"><div class="grow">
        <h3 class="store-name">${location.title ?? store?.title ?? location.store}</h3>
        <p class="small muted">${[location.distanceMeters === undefined ? '' : format.distance(location.distanceMeters), open].filter(Boolean).join(' · ')}</p>
        <p>${stockBadge(location)}</p>
        ${store ? html`<details class="small"><summary>${t('product.storeDetails')}</summary><div class="store-details">
          <p>${[store.address, store.postalCode, store.city].filter(Boolean).join(', ')}</p>
          ${store.phone ? html`<p><a href="tel:${store.phone}">${store.phone}</a></p>` : nothing}
          <dl class="week">${week(store).map((row) => html`<div><dt class="first-upper">${row.days}</dt><dd class="num">${row.hours}</dd></div>`)}</dl></div></details>` : nothing}
      </div>
      ${store && location.available > 0 && store.pickup !== false ? html`<button class="button reserve-button" aria-label=${t('reserve.buttonAt', {store: store.title})} @click=${() => this.#reserve(store, product, variant)}>${t('reserve.button')}</button>`
        : store && store.pickup !== false && !product.withdrawn && !location.unknown ? html`<shop-waitlist-entry .sku=${variant.sku} .store=${store}></shop-waitlist-entry>` : nothing}</li>`;
  }

  async #reserve(store, product, variant) {
    try {
      const {reserve} = await import('../parts/reserve-dialog.js');
      const made = await reserve({store, lines: [{sku: variant.sku, quantity: 1, title: this.#full(product, variant), unitPrice: variant.price}]});
      if (made) this.nearby.run().then(() => announce(stockText(this.nearby.data?.locations.find((each) => each.store === store.name) ?? {})));
    } catch (error) {
      complain(error);
    }
  }
}
customElements.define('shop-product', Product);
