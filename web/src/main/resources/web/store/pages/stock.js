/** Stock: what this store has of something, why the number is what it is, and who near has it. */
import {html, nothing} from 'lit';
import {repeat} from 'lit/directives/repeat.js';
import {FiloElement, Load} from 'filo/element.js';
import {icon} from 'filo/icons.js';
import {t} from 'filo/i18n.js';
import {asOf, errorBlock, glow, idOf, picture, price, shown, stockBadge} from 'filo/ui.js';
import {explainedStock, far} from 'filo/staff/staff.js';
import 'filo/staff/goods-search.js';
import {api, here, live} from '../state.js';
import {router} from '../routes.js';

/** Of one SKU: the level here, live, and the stores near. */
class StockOf extends FiloElement {
  static properties = {sku: {}};

  #end;

  constructor() {
    super();
    this.item = new Load(this, async (signal) => (await api.get('/v1/variants:batchGet', {query: {skus: this.sku}, auth: 'optional', signal})).items?.[0]);
    this.level = new Load(this, (signal) => api.get(`/v1/stockLevels/${encodeURIComponent(this.sku)}@${idOf(here.name)}`, {signal}));
    this.near = new Load(this, (signal) => {
      const at = here.about?.location;
      return api.get('/v1/availability:nearby', {query: {sku: this.sku, ...(at ? {latitude: at.latitude, longitude: at.longitude, radiusMeters: 300_000} : {}), pageSize: 12}, signal});
    });
  }

  willUpdate(changed) {
    if (!changed.has('sku')) return;
    for (const each of [this.item, this.level, this.near]) {
      each.data = undefined;
      each.run();
    }
    this.#end?.();
    this.#end = live.subscribe([`stockLevels?skus=${encodeURIComponent(this.sku)}&locations=${encodeURIComponent(here.name)}`], ({kind, data}) => {
      const next = data?.stockLevel;
      if (kind === 'reset') return void this.level.run();
      if (kind !== 'stockLevel' || next.sku !== this.sku || next.location !== here.name) return;
      const differs = this.level.data && this.level.data.etag !== next.etag;
      this.level.set(next);
      if (!differs) return;
      this.near.run();
      this.updateComplete.then(() => { const box = this.querySelector('.level'); if (box) glow(box); });
    });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#end?.();
    this.#end = undefined;
  }

  render() {
    const item = this.item.data;
    return html`<a class="button text back" href="/store/stock">${icon('back')} ${t('stock.back')}</a>
      <div class="stock-head"><span class="stock-picture">${picture(item?.media, {decorative: true})}</span><div class="grow"><h1>${item?.title ?? this.sku}</h1>
        <p class="muted">${item ? html`${price(item.variant.price)} · ` : nothing}${this.sku}${item?.variant.gtin ? html` · ${item.variant.gtin}` : nothing}</p></div></div>
      ${this.level.error && !this.level.data ? errorBlock(this.level.error, () => this.level.run()) : html`<div class="columns"><section class="card level" aria-labelledby="level-title"><h2 id="level-title">${t('stock.here')}</h2>
        ${shown(this.level, (level) => html`<p class="level-badge">${stockBadge({available: level.available ?? 0})}</p>
          <dl class="formula"><div><dt>${t('stock.onHand')}</dt><dd>${level.onHand ?? 0}</dd></div><div><dt>${t('stock.safety')}</dt><dd>− ${level.safety ?? 0}</dd></div><div><dt>${t('stock.held')}</dt><dd>− ${level.held ?? 0}</dd></div><div class="sum"><dt>${t('stock.canPromise')}</dt><dd>${level.available ?? 0}</dd></div></dl>
          <p>${asOf(level.asOfTime)}</p>`, {skeleton: html`<span class="skeleton pick-skeleton"></span>`})}</section>
      <section class="card" aria-labelledby="near-title"><h2 id="near-title">${t('stock.near')}</h2>${shown(this.near, ({locations = [], asOfTime}) => {
        const others = locations.filter((each) => each.store !== here.name);
        return others.length ? html`<ul class="near">${repeat(others, (each) => each.store, (each) => html`<li class="near-row"><span class="grow">${each.title ?? idOf(each.store)} ${far(each)}</span>${explainedStock(each)}</li>`)}</ul><p>${asOf(asOfTime)}</p>` : html`<p class="muted">${t('stock.noneNear')}</p>`;
      }, {skeleton: html`<span class="skeleton pick-skeleton"></span>`})}</section></div>`}`;
  }
}
customElements.define('store-stock-of', StockOf);

class Stock extends FiloElement {
  static properties = {query: {attribute: false}};

  #looked = '';

  keepOn() { return true; }

  updated(changed) {
    const code = this.query?.get('code');
    if (!changed.has('query') || !code || code === this.#looked) return;
    this.#looked = code;
    // A scan that finds one thing opens it.
    const search = this.querySelector('filo-goods-search');
    search.look(code).then(() => {
      const [only, more] = search.goods.data ?? [];
      if (only && (!more || only.gtin === code || only.sku === code)) router.go(`/store/stock?sku=${encodeURIComponent(only.sku)}`, {replace: true});
    });
  }

  firstUpdated() { if (matchMedia('(pointer: fine)').matches && !this.query?.size) setTimeout(() => this.querySelector('input')?.focus()); }

  render() {
    const sku = this.query?.get('sku');
    return html`<div ?hidden=${Boolean(sku)}><h1>${t('nav.stock')}</h1><p class="muted stock-text">${t('stock.text')}</p>
        <filo-goods-search .api=${api} .actions=${(each) => html`<a class="button" href="/store/stock?sku=${encodeURIComponent(each.sku)}" aria-label=${t('stock.open', {title: each.title})}>${t('stock.look')}</a>`}></filo-goods-search></div>
      ${sku ? html`<store-stock-of .sku=${sku}></store-stock-of>` : nothing}`;
  }
}
customElements.define('store-stock', Stock);
