/** A field that finds goods by words, SKU or GTIN, and their rows; each row's actions are the app's. */
import {html, nothing} from 'lit';
import {repeat} from 'lit/directives/repeat.js';
import {FiloElement, Load} from 'filo/element.js';
import {icon} from 'filo/icons.js';
import {t} from 'filo/i18n.js';
import {announce, picture, price, shown} from 'filo/ui.js';
import {findGoods} from './staff.js';

/** `<filo-goods-search .api .actions=${(goods) => template} .detail=${(goods) => template} .find=${(words, options) => goods}>` */
export class GoodsSearch extends FiloElement {
  static properties = {api: {attribute: false}, actions: {attribute: false}, detail: {attribute: false}, find: {attribute: false}, label: {}, words: {state: true}};

  #timer;

  constructor() {
    super();
    this.words = '';
    this.goods = new Load(this, (signal) => (this.find ?? ((words, options) => findGoods(this.api, words, options)))(this.words, {signal, retries: 0}));
  }

  get input() { return this.querySelector('input'); }

  /** Looks for these words now. */
  async look(words) {
    this.words = words;
    clearTimeout(this.#timer);
    if (!words.trim()) {
      this.goods.set(undefined);
      return;
    }
    await this.goods.run();
    if (this.goods.data) announce(t('goods.found', {count: this.goods.data.length}));
  }

  updated() { if (this.input.value !== this.words) this.input.value = this.words; }

  #typed = (event) => {
    this.words = event.target.value;
    clearTimeout(this.#timer);
    if (this.words.trim().length < 2) return void this.goods.set(undefined);
    this.#timer = setTimeout(() => this.look(this.words), 220);
  };

  render() {
    const searching = this.words.trim().length > 1;
    return html`<form class="goods-form" role="search" @submit=${(event) => { event.preventDefault(); this.look(this.words); }}>
        <span class="goods-icon">${icon('search', {size: 'small'})}</span>
        <input class="input" type="search" autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="256" enterkeyhint="search"
          aria-label=${this.label ?? t('goods.search')} placeholder=${t('goods.placeholder')} @input=${this.#typed}
          @keydown=${(event) => { if (event.key === 'Escape' && this.words) { event.stopPropagation(); this.look(''); } }}></form>
      ${searching ? shown(this.goods, (all) => all.length ? html`<ul class="goods">${repeat(all, (each) => each.sku, (each) => this.#row(each))}</ul>`
        : html`<p class="muted goods-none">${t('goods.none', {words: this.words.trim()})}</p>`, {skeleton: html`<span class="skeleton goods-skeleton"></span>`}) : nothing}`;
  }

  #row(each) {
    return html`<li class="goods-row"><div class="goods-head"><span class="goods-picture">${picture(each.media, {decorative: true})}</span>
      <span class="grow"><span class="goods-title">${each.title}</span><span class="muted small goods-sku">${price(each.price)} · ${each.sku}</span></span>
      <span class="goods-actions">${this.actions?.(each) ?? nothing}</span></div>${this.detail?.(each) ?? nothing}</li>`;
  }
}
customElements.define('filo-goods-search', GoodsSearch);
