/** Search: words, filters, near me, order; all of it in the address, so Back and links bring it back. */
import {html, nothing} from 'lit';
import {repeat} from 'lit/directives/repeat.js';
import {FiloElement, Load} from 'filo/element.js';
import {icon} from 'filo/icons.js';
import {lang, t} from 'filo/i18n.js';
import {announce, complain, emptyBlock, shown} from 'filo/ui.js';
import {router} from '../routes.js';
import {api, place} from '../state.js';
import {track} from '../track.js';
import {productCard, productCardSkeleton} from '../parts/product-card.js';

// The last few results, by address: Back shows them at once, with all their pages.
const kept = new Map();
const KEPT_MOST = 12;

class Search extends FiloElement {
  static properties = {query: {attribute: false}, restored: {attribute: false}, filtersOpen: {state: true}, more: {state: true}};

  constructor() {
    super();
    this.results = new Load(this, (signal) => api.get('/v1/products:search', {query: this.#request(), auth: 'optional', signal}));
    this.listen(place, 'change', () => this.results.run());
    this.filtersOpen = false;
  }

  keepOn() { return true; }
  settled() { return this.results.data ? Promise.resolve() : this.results.done; }
  title_() { return this.#words || t('search.all'); }
  languageChanged() { this.results.run(); }

  get #words() { return this.query.get('q') ?? ''; }
  get #filters() { return this.query.getAll('filter'); }
  get #near() { return this.query.get('near') === '1'; }
  get #key() { return `${lang} ${place.current.title} ${this.query}`; }

  #request() {
    return {query: this.#words, filters: this.#filters, orderBy: this.query.get('sort'), inStockNear: this.#near ? true : undefined, ...place.query, pageSize: 24};
  }

  willUpdate(changed) {
    if (!changed.has('query')) return;
    const before = kept.get(this.#key);
    if (before) {
      this.results.set(before);
      if (!this.restored) this.results.run();
      return;
    }
    this.results.run().then(() => {
      if (!this.results.data || this.results.error) return;
      announce(t('search.found', {count: this.#total(this.results.data)}));
      if (this.#words) track('search', this.#words);
    });
  }

  updated() {
    if (!this.results.data || this.results.phase) return;
    kept.delete(this.#key);
    kept.set(this.#key, this.results.data);
    if (kept.size > KEPT_MOST) kept.delete(kept.keys().next().value);
  }

  #change(change) {
    const next = new URLSearchParams(this.query);
    change(next);
    router.go(`/search${next.size ? `?${next}` : ''}`, {replace: true});
  }

  #toggle(filter, on) {
    this.#change((next) => {
      const all = next.getAll('filter').filter((each) => each !== filter);
      next.delete('filter');
      for (const each of on ? [...all, filter] : all) next.append('filter', each);
    });
  }

  #set(name, value) { this.#change((next) => (value ? next.set(name, value) : next.delete(name))); }

  #total(data) { return this.#near ? (data.results ?? []).length : data.totalSize ?? (data.results ?? []).length; }

  #readMore = async () => {
    const before = this.results.data;
    this.more = true;
    try {
      const next = await api.get('/v1/products:search', {query: {...this.#request(), pageToken: before.nextPageToken}, auth: 'optional'});
      if (this.results.data !== before) return;
      this.results.set({...before, results: [...before.results, ...(next.results ?? [])], nextPageToken: next.nextPageToken});
    } catch (error) {
      complain(error);
    } finally {
      this.more = false;
    }
  };

  render() {
    const data = this.results.data;
    const chosen = this.#filters.length + (this.#near ? 1 : 0);
    return html`
      <div class="search-head">
        <h1>${this.#words ? t('search.for', {words: this.#words}) : this.#categoryLabel(data) || t('search.all')}</h1>
        ${data ? html`<p class="muted num">${t('search.found', {count: this.#total(data)})}${data.nextPageToken && this.#near ? '+' : ''}</p>` : nothing}
      </div>
      <div class="search-bar">
        <label class="switch"><input type="checkbox" role="switch" .checked=${this.#near} @change=${(event) => this.#set('near', event.target.checked ? '1' : '')}>
          <span>${t('search.near', {place: place.current.title})}</span></label>
        <button class="link" @click=${async () => (await import('../parts/place-dialog.js')).choosePlace()}>${t('place.change')}</button>
        <span class="grow"></span>
        <button class="button filters-button" aria-expanded=${this.filtersOpen} aria-controls="filters" @click=${() => { this.filtersOpen = !this.filtersOpen; }}>
          ${icon('filter')} ${t('search.filters')}${chosen ? html`<span class="badge">${chosen}</span>` : nothing}</button>
        <label class="sort"><span class="visually-hidden">${t('search.sort')}</span><select class="input" .value=${this.query.get('sort') ?? ''} @change=${(event) => this.#set('sort', event.target.value)}>
          <option value="">${t('search.best')}</option><option value="price">${t('search.cheap')}</option><option value="price desc">${t('search.dear')}</option></select></label>
      </div>
      <div class="search-body">
        <aside id="filters" class="filters ${this.filtersOpen ? 'open' : ''}" aria-label=${t('search.filters')}>${this.#facets(data)}</aside>
        <div class="results">
          ${shown(this.results, (found) => this.#list(found), {skeleton: html`<ul class="list grid">${Array.from({length: 8}, () => html`<li>${productCardSkeleton()}</li>`)}</ul>`})}
        </div>
      </div>`;
  }

  #categoryLabel(data) {
    const [only, ...others] = this.#filters.filter((each) => each.startsWith('category:'));
    if (!only || others.length) return '';
    const facet = data?.facets?.find((each) => each.key === 'category');
    return facet?.values?.find((each) => `category:${each.valueKey}` === only)?.value ?? data?.results?.[0]?.product.category?.label ?? '';
  }

  #facets(data) {
    if (!data) return nothing;
    return html`${(data.facets ?? []).filter((facet) => (facet.values ?? []).length).map((facet) => {
      const values = facet.values ?? [];
      const row = (value) => {
        const filter = `${facet.key}:${value.valueKey}`;
        return html`<label class="choice facet"><input type="checkbox" .checked=${this.#filters.includes(filter)} @change=${(event) => this.#toggle(filter, event.target.checked)}>
          <span class="grow">${value.value}</span><span class="muted small num">${value.count ?? 0}</span></label>`;
      };
      return html`<fieldset class="facet-group"><legend class="label">${facet.label}</legend>${repeat(values.slice(0, 7), (value) => value.valueKey, row)}
        ${values.length > 7 ? html`<details><summary class="small">${t('search.moreValues', {count: values.length - 7})}</summary>${repeat(values.slice(7), (value) => value.valueKey, row)}</details>` : nothing}</fieldset>`;
    })}
    ${this.#filters.length ? html`<button class="link" @click=${() => this.#set('filter', '')}>${t('search.clear')}</button>` : nothing}
    <button class="button primary wide filters-done" @click=${() => { this.filtersOpen = false; }}>${t('search.show', {count: this.#total(data)})}</button>`;
  }

  #list(data) {
    const results = data.results ?? [];
    if (!results.length) {
      const narrow = this.#near || this.#filters.length;
      return emptyBlock({image: 'search', title: t('search.none'), text: narrow ? t('search.noneNarrow') : t('search.noneText'),
        action: narrow ? html`<button class="button" @click=${() => this.#change((next) => { next.delete('filter'); next.delete('near'); })}>${t('search.widen')}</button>`
          : html`<a class="button" href="/search">${t('home.all')}</a>`});
    }
    return html`
      ${data.stockUnknown ? html`<p class="note warn small" role="status">${icon('warning')}<span>${t('stock.outage')}</span></p>` : nothing}
      <ul class="list grid">${repeat(results, (each) => each.product.name, (each, i) => html`<li>${productCard(each, {stockUnknown: data.stockUnknown, eager: i < 4})}</li>`)}</ul>
      ${data.nextPageToken ? html`<div class="more"><button class="button" aria-busy=${this.more ?? false} @click=${this.#readMore}>${t('search.more')}</button></div>` : nothing}`;
  }
}
customElements.define('shop-search', Search);
