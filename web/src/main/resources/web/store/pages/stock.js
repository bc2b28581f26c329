/** Stock: what this store has of something, why the number is what it is, what changes next, and who near has it. */
import {html, nothing} from 'lit';
import {repeat} from 'lit/directives/repeat.js';
import {openDialog} from 'filo/dialog.js';
import {FiloElement, Load} from 'filo/element.js';
import * as format from 'filo/format.js';
import {icon} from 'filo/icons.js';
import {has, t} from 'filo/i18n.js';
import {asOf, errorBlock, glow, idOf, picture, plain, price, shown, stockBadge} from 'filo/ui.js';
import {explainedStock, far} from 'filo/staff/staff.js';
import 'filo/staff/goods-search.js';
import {api, here, live} from '../state.js';
import {copyOf, keepCopy} from '../db.js';
import {find, remember} from '../goods.js';
import {router} from '../routes.js';
import {canScan} from '../scan.js';

const NEAR_METERS = 300_000;
const NEAR_ASKED = 60;
const NEAR_SHOWN = 12;
const SHOWN_MOST = 5;

/** Changes of one kind at one time are one change. */
function together(changes) {
  const found = new Map();
  for (const change of changes) {
    const key = `${change.kind} ${change.time ?? JSON.stringify(change.date ?? null)}`;
    const known = found.get(key);
    if (known) known.quantity += change.quantity ?? 0;
    else found.set(key, {...change, quantity: change.quantity ?? 0});
  }
  return [...found.values()];
}

/** Of one SKU: the level here, live, and the stores near; the last known of both when there is no network. */
class StockOf extends FiloElement {
  static properties = {sku: {}};

  #end;

  constructor() {
    super();
    this.item = new Load(this, (signal) => this.#kept('item', async () => {
      const item = (await api.get('/v1/variants:batchGet', {query: {skus: this.sku}, auth: 'optional', signal})).items?.[0];
      if (item) remember([{sku: this.sku, title: item.title, gtin: item.variant.gtin, media: item.media ?? item.variant.media?.[0], price: item.variant.price}]);
      return item;
    }));
    this.level = new Load(this, (signal) => this.#kept('explained', () => api.get(`/v1/stockLevels/${encodeURIComponent(this.sku)}@${idOf(here.name)}:explain`, {signal})));
    this.near = new Load(this, (signal) => this.#kept('near', () => {
      const at = here.about?.location;
      return api.get('/v1/availability:nearby', {query: {sku: this.sku, ...(at ? {latitude: at.latitude, longitude: at.longitude, radiusMeters: NEAR_METERS} : {}), pageSize: NEAR_ASKED}, signal});
    }));
  }

  #key(what) { return `stock/${this.sku}@${here.name}/${what}`; }

  async #kept(what, read) {
    const key = this.#key(what);
    const value = await read();
    if (value) keepCopy(key, value);
    return value;
  }

  async #open(load, what) {
    const {sku} = this;
    load.cancel();
    load.data = undefined;
    const copy = await copyOf(this.#key(what));
    if (sku !== this.sku) return;
    if (copy) load.set(copy.value, copy.at);
    load.run();
  }

  willUpdate(changed) {
    if (!changed.has('sku')) return;
    this.#open(this.item, 'item');
    this.#open(this.level, 'explained');
    this.#open(this.near, 'near');
    this.#end?.();
    this.#end = live.subscribe([`stockLevels?skus=${encodeURIComponent(this.sku)}&locations=${encodeURIComponent(here.name)}`], async ({kind, data}) => {
      const next = data?.stockLevel;
      if (kind === 'reset') return void this.level.run();
      if (kind !== 'stockLevel' || next.sku !== this.sku || next.location !== here.name) return;
      if (!this.level.data || this.level.data.level?.etag === next.etag) return;
      await this.level.run();
      this.near.run();
      const box = this.querySelector('.level');
      if (box) glow(box);
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
        ${shown(this.level, (explanation) => this.#level(explanation), {skeleton: html`<span class="skeleton pick-skeleton"></span>`})}</section>
      <section class="card" aria-labelledby="near-title"><h2 id="near-title">${t('stock.near')}</h2>${shown(this.near, ({locations = [], asOfTime}) => {
        const others = locations.filter((each) => each.store !== here.name);
        const having = others.filter((each) => each.available);
        const without = others.length - having.length;
        return others.length ? html`<ul class="near">${repeat(having.slice(0, NEAR_SHOWN), (each) => each.store, (each) => html`<li class="near-row"><span class="grow">${each.title ?? idOf(each.store)} ${far(each)}</span>${explainedStock(each)}</li>`)}</ul>${without ? html`<p class="muted near-without">${t('stock.without', {count: without})}</p>` : nothing}<p>${asOf(asOfTime)}</p>` : html`<p class="muted">${t('stock.noneNear')}</p>`;
      }, {skeleton: html`<span class="skeleton pick-skeleton"></span>`})}</section></div>`}`;
  }

  #level({level, terms = [], holdCount, changes = [], countTime, components = []}) {
    const zone = here.about?.timeZone;
    return html`<p class="level-badge">${stockBadge({available: level.available ?? 0})}</p>
      <dl class="formula">${terms.map((term, at) => this.#term(term, at))}<div class="sum"><dt>${t('stock.canPromise')}</dt><dd>${level.available ?? 0}</dd></div></dl>
      ${holdCount ? html`<p>${t('stock.holds', {count: holdCount})}</p>` : nothing}
      ${changes.length ? html`<h3 class="changes-title">${t('stock.next')}</h3><ul class="changes">${together(changes).slice(0, SHOWN_MOST).map((change) => html`<li>${icon('clock', {size: 'small'})} <span>${this.#change(change, zone)}</span></li>`)}</ul>` : nothing}
      ${components.length ? html`<h3 class="changes-title">${t('stock.components')}</h3><ul class="changes">${components.map((part) => html`<li>${icon('box', {size: 'small'})} <span>${part.quantityInKit ?? 1} × ${part.level?.sku}: ${t('stock.pieces', {count: part.level?.available ?? 0})}</span></li>`)}</ul>` : nothing}
      <p class="muted small">${asOf(level.asOfTime)} · ${countTime ? t('stock.countedAt', {when: format.timeOrDay(countTime, zone)}) : t('stock.neverCounted')}</p>
      ${components.length ? nothing : html`<a class="button" href="/store/count?sku=${encodeURIComponent(this.sku)}">${icon('count')} ${t('stock.count')}</a>`}`;
  }

  #term({kind, quantity = 0, detail}, at) {
    const name = plain(kind, 'KIND_');
    const aside = `stock.aside.${(detail ?? '').toUpperCase()}`;
    const reason = name === 'SET_ASIDE' && has(aside) ? t(aside) : name === 'SAFETY' && detail ? (detail === 'level' ? t('stock.ruleHere') : t('stock.rule', {name: idOf(detail)})) : detail;
    return html`<div><dt>${t(`stock.term.${name}`)}${reason ? html` <span class="muted small">${reason}</span>` : nothing}</dt><dd>${at ? '− ' : ''}${quantity}</dd></div>`;
  }

  #change({kind, time, date, quantity = 0}, zone) {
    const day = date ? format.calendarDay(`${date.year}-${String(date.month).padStart(2, '0')}-${String(date.day).padStart(2, '0')}`) : '';
    const name = plain(kind, 'KIND_');
    return t(`stock.change.${name}`, {count: quantity, when: time ? format.dayTime(time, zone) : day});
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

  /** Opens the camera. */
  scan = async () => {
    const {CameraDialog} = await import('../parts/camera-dialog.js');
    const code = await openDialog(new CameraDialog());
    if (code) router.go(`/store/stock?code=${encodeURIComponent(code)}`);
  };

  render() {
    const sku = this.query?.get('sku');
    return html`<div ?hidden=${Boolean(sku)}><h1>${t('nav.stock')}</h1><p class="muted stock-text">${t('stock.text')}</p>
        <div class="search-row"><filo-goods-search .api=${api} .find=${find} .actions=${(each) => html`<a class="button" href="/store/stock?sku=${encodeURIComponent(each.sku)}" aria-label=${t('stock.open', {title: each.title})}>${t('stock.look')}</a>`}></filo-goods-search>
        ${canScan() ? html`<button class="button square" aria-label=${t('handover.camera')} @click=${this.scan}>${icon('scan')}</button>` : nothing}</div></div>
      ${sku ? html`<store-stock-of .sku=${sku}></store-stock-of>` : nothing}`;
  }
}
customElements.define('store-stock', Stock);
