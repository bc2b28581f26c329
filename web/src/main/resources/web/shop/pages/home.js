/** The first page: search, kinds of things, some of them, and how it goes. */
import {html, nothing} from 'lit';
import {FiloElement, Load} from 'filo/element.js';
import {distance} from 'filo/format.js';
import {icon} from 'filo/icons.js';
import {t} from 'filo/i18n.js';
import {idOf, picture, price, shown, stockBadge} from 'filo/ui.js';
import {api, place} from '../state.js';
import {carryPicture, mediaOf, priceOf, productCard, productCardSkeleton} from '../parts/product-card.js';

// Kept between visits of the page, so that Back shows it at once.
let kept = {};

class Home extends FiloElement {
  constructor() {
    super();
    this.picks = new Load(this, (signal) => api.get('/v1/products:search', {query: {...place.query, pageSize: 9, orderBy: 'price desc'}, auth: 'optional', signal}));
    this.categories = new Load(this, (signal) => api.get('/v1/categories', {auth: 'optional', signal}));
    this.listen(place, 'change', () => this.picks.run());
    if (kept.picks) this.picks.set(kept.picks);
    if (kept.categories) this.categories.set(kept.categories);
    this.picks.run();
    this.categories.run();
  }

  updated() { kept = {picks: this.picks.data, categories: this.categories.data}; }

  languageChanged() {
    this.picks.run();
    this.categories.run();
  }

  settled() { return this.picks.data ? Promise.resolve() : this.picks.done; }

  render() {
    const all = this.picks.data?.results ?? [];
    const featured = all.find((each) => each.nearest) ?? all[0];
    const rest = all.filter((each) => each !== featured).slice(0, 8);
    return html`
      <section class="hero">
        <div class="hero-words">
          <h1>${t('home.title')}</h1>
          <p class="lead">${t('home.lead')}</p>
          <shop-search-box big></shop-search-box>
          <p class="place-line small">${icon('pin', {size: 'small'})} <span>${t('place.near', {place: place.current.title})}</span>
            <button class="link" @click=${async () => (await import('../parts/place-dialog.js')).choosePlace()}>${t('place.change')}</button></p>
        </div>
        ${this.#featured(featured)}
      </section>
      <section class="section" aria-labelledby="home-categories">
        <h2 id="home-categories">${t('home.categories')}</h2>
        ${shown(this.categories, (data) => html`<ul class="list categories">${(data.categories ?? []).map((each) => html`<li>
          <a class="category" href="/search?filter=category:${each.category.key}">${picture(each.media, {decorative: true})}
          <span class="category-label">${each.category.label}</span><span class="muted small num">${t('home.products', {count: each.productCount ?? 0})}</span></a></li>`)}</ul>`,
          {skeleton: html`<ul class="list categories">${Array.from({length: 6}, () => html`<li><span class="category"><span class="picture skeleton"></span><span class="skeleton line short"></span></span></li>`)}</ul>`})}
      </section>
      <section class="section" aria-labelledby="home-picks">
        <div class="spread"><h2 id="home-picks">${t('home.picks', {place: place.current.title})}</h2><a class="nowrap" href="/search">${t('home.all')}</a></div>
        ${shown(this.picks, (data) => html`<ul class="list grid picks">${rest.map((each) => html`<li>${productCard(each, {stockUnknown: data.stockUnknown})}</li>`)}</ul>`,
          {skeleton: html`<ul class="list grid picks">${Array.from({length: 4}, () => html`<li>${productCardSkeleton()}</li>`)}</ul>`})}
      </section>
      <section class="section" aria-labelledby="home-how">
        <h2 id="home-how">${t('home.how')}</h2>
        <ol class="list steps">${['see', 'keep', 'take'].map((each, i) => html`<li class="step">${icon(['search', 'hand', 'store'][i], {size: 'large'})}
          <h3>${t(`home.${each}`)}</h3><p class="muted">${t(`home.${each}Text`)}</p></li>`)}</ol>
      </section>`;
  }

  #featured(result) {
    if (!result) return html`<div class="featured" aria-hidden="true"><span class="picture ${this.picks.phase === 'skeleton' ? 'skeleton' : ''}"></span><span class="featured-tag empty"></span></div>`;
    const {product, nearest} = result;
    const {lowest, several} = priceOf(product);
    return html`<a class="featured" href="/products/${idOf(product.name)}" @click=${carryPicture}>
      ${picture(mediaOf(product), {eager: true, decorative: true})}
      <span class="featured-tag"><span class="featured-title">${product.title}</span>
        <span>${several ? html`<span class="muted">${t('price.from')}</span> ` : nothing}${price(lowest)}</span>
        ${nearest ? stockBadge({available: nearest.available ?? 0}) : nothing}
        ${nearest ? html`<span class="muted small">${nearest.title}${nearest.distanceMeters === undefined ? '' : ` · ${distance(nearest.distanceMeters)}`}</span>` : nothing}</span></a>`;
  }
}
customElements.define('shop-home', Home);
