/** A quick count: an item, how many there are, noted with the time it was true. Each scan of it is one more. */
import {html, nothing} from 'lit';
import {repeat} from 'lit/directives/repeat.js';
import {explain} from 'filo/api.js';
import {openDialog} from 'filo/dialog.js';
import {FiloElement} from 'filo/element.js';
import * as format from 'filo/format.js';
import {icon} from 'filo/icons.js';
import {t} from 'filo/i18n.js';
import {announce, picture, toast} from 'filo/ui.js';
import 'filo/staff/goods-search.js';
import {api, here} from '../state.js';
import {begun, dropFound, foundOf, keepFound} from '../counts.js';
import {find, findOne} from '../goods.js';
import {queue} from '../queue.js';
import {router} from '../routes.js';
import {canScan} from '../scan.js';
import {ring} from '../sound.js';

const MOST = 1_000_000;
const SHOWN_MOST = 12;

class Count extends FiloElement {
  static properties = {query: {attribute: false}, item: {state: true}, found: {state: true}, problem: {state: true}, busy: {state: true}};

  #scanning = Promise.resolve();

  constructor() {
    super();
    this.listen(queue, 'change');
  }

  keepOn() { return true; }

  get field() { return this.querySelector('#found'); }

  willUpdate(changed) {
    if (!changed.has('query')) return;
    const sku = this.query?.get('sku');
    if (sku && sku !== this.item?.sku) this.#begin(sku);
    const code = this.query?.get('code');
    if (code) this.scanned(code);
  }

  firstUpdated() { if (matchMedia('(pointer: fine)').matches && !this.query?.size) setTimeout(() => this.querySelector('filo-goods-search input')?.focus()); }

  async #begin(sku) { this.#take((await findOne(sku).catch(() => undefined)) ?? {sku, title: sku}); }

  #take(item) {
    this.item = item;
    this.found = foundOf(item);
    this.problem = undefined;
  }

  /**
   * A code from a scanner or the camera: the item counted now is one more; another one begins, and this one is kept.
   * Codes are looked up one after the other, so that each counts, however slow the network is.
   */
  scanned(code) {
    const scan = () => this.#scan(code);
    this.#scanning = this.#scanning.then(scan, scan);
    return this.#scanning;
  }

  async #scan(code) {
    const {item} = this;
    if (item && (item.gtin === code || item.sku === code)) {
      this.#set((this.found ?? 0) + 1);
    } else {
      let problem;
      const next = (await findOne(code).catch((error) => { problem = explain(error); })) ?? (/^\d{8,14}$/.test(code) && !problem ? {gtin: code} : undefined);
      if (!next) {
        ring('no');
        this.problem = problem ?? t('count.unknown', {code});
        announce(this.problem);
        return;
      }
      this.#take({...next, gtin: next.gtin ?? (/^\d{8,14}$/.test(code) ? code : undefined)});
      this.#set((this.found ?? 0) + 1);
    }
    ring('yes');
    announce(t('count.now', {count: this.found, title: this.#title(this.item)}));
    if (this.query?.size && this.isConnected) router.go('/store/count', {replace: true});
  }

  #title(item) { return item.title ?? item.sku ?? item.gtin; }

  #set(value) {
    this.found = Math.min(MOST, Math.max(0, value));
    keepFound(this.item, this.found);
  }

  #typed = (event) => {
    const digits = event.target.value.replace(/\D/g, '').slice(0, 7);
    if (digits !== event.target.value) event.target.value = digits;
    if (digits === '') {
      this.found = undefined;
      dropFound(this.item);
    } else this.#set(Number(digits));
  };

  #note = async (event) => {
    event.preventDefault();
    if (this.busy) return;
    const {item, found} = this;
    if (found === undefined) {
      this.problem = t('count.missing');
      this.field.focus();
      return;
    }
    this.busy = true;
    this.problem = undefined;
    try {
      const outcome = await queue.add({kind: 'count', store: here.name, sku: item.sku, gtin: item.gtin, title: this.#title(item), quantity: found, words: t('queue.count', {title: this.#title(item), count: found})});
      if (outcome.state === 'refused') {
        this.problem = `${explain(outcome.error)} ${t('count.trueAt', {time: format.time(new Date(outcome.act.at), here.about?.timeZone)})}`;
        return;
      }
      dropFound(item);
      toast(t(outcome.state === 'waiting' ? 'count.waits' : 'count.noted', {title: this.#title(item), count: found}), {image: outcome.state === 'waiting' ? 'clock' : 'check', kind: 'count'});
      this.#leave();
    } finally {
      this.busy = false;
    }
  };

  #leave() {
    this.item = undefined;
    this.problem = undefined;
    if (this.query?.size) router.go('/store/count', {replace: true});
    this.updateComplete.then(() => {
      const search = this.querySelector('filo-goods-search');
      search.look('');
      (matchMedia('(pointer: fine)').matches ? search.input : this.querySelector('h1'))?.focus();
    });
  }

  /** Opens the camera. */
  scan = async () => {
    const {CameraDialog} = await import('../parts/camera-dialog.js');
    const code = await openDialog(new CameraDialog());
    if (code) await this.scanned(code);
  };

  /** A single key of the page; true when it did something. */
  pressed(key) {
    if (!this.item || !['+', '-'].includes(key)) return false;
    this.#set((this.found ?? 0) + (key === '+' ? 1 : -1));
    announce(t('count.now', {count: this.found, title: this.#title(this.item)}));
    return true;
  }

  render() {
    return html`<div class="count-page"><h1 tabindex="-1">${t('nav.count')}</h1>
      <div ?hidden=${Boolean(this.item)}><p class="muted stock-text">${t('count.text')}</p>
        <div class="search-row"><filo-goods-search .api=${api} .find=${find} .label=${t('count.which')} .actions=${(each) => html`<button class="button" aria-label=${t('count.of', {title: each.title})} @click=${() => { this.#take(each); this.updateComplete.then(() => this.field?.focus()); }}>${t('count.begin')}</button>`}></filo-goods-search>
        ${canScan() ? html`<button class="button square" aria-label=${t('handover.camera')} @click=${this.scan}>${icon('scan')}</button>` : nothing}</div>
        ${this.problem && !this.item ? html`<p class="note warn" role="alert">${icon('warning')}<span>${this.problem}</span></p>` : nothing}</div>
      ${this.item ? this.#form() : nothing}
      ${this.#begunList()}${this.#notedList()}</div>`;
  }

  #form() {
    const {item, found} = this;
    return html`<form class="card stack count-form" @submit=${this.#note}><div class="stock-head"><span class="stock-picture">${picture(item.media, {decorative: true})}</span><div class="grow"><h2 class="pick-who">${this.#title(item)}</h2>
        <p class="muted">${[item.title ? item.sku : undefined, item.gtin].filter(Boolean).join(' · ')}</p></div></div>
      ${item.sku ? nothing : html`<p class="note warn">${icon('offline')}<span>${t('count.unseen')}</span></p>`}
      <div class="field"><label for="found">${t('count.found')}</label><div class="stepper wide"><button class="button square" type="button" aria-label=${t('count.less')} ?disabled=${!found} @click=${() => this.#set((found ?? 0) - 1)}>${icon('minus')}</button>
        <input class="input count-field" id="found" inputmode="numeric" pattern="[0-9]*" autocomplete="off" enterkeyhint="done" .value=${found === undefined ? '' : String(found)} @input=${this.#typed} aria-invalid=${this.problem ? 'true' : nothing} aria-describedby="count-hint ${this.problem ? 'count-problem' : ''}">
        <button class="button square" type="button" aria-label=${t('count.more')} @click=${() => this.#set((found ?? 0) + 1)}>${icon('plus')}</button></div>
        <p class="hint" id="count-hint">${t('count.hint')}</p></div>
      ${this.problem ? html`<p class="problem" id="count-problem" role="alert">${this.problem}</p>` : nothing}
      <div class="pick-actions"><button class="button" type="button" @click=${() => this.#leave()}>${t('count.later')}</button>
        <button class="button primary grow" type="submit" aria-busy=${this.busy ?? false}>${icon('check')} ${t('count.note')}</button></div></form>`;
  }

  #begunList() {
    const others = begun().filter(({item}) => (item.sku ?? item.gtin) !== (this.item?.sku ?? this.item?.gtin));
    return others.length ? html`<section aria-labelledby="begun"><h2 class="column-title" id="begun">${t('count.begun')}</h2><ul class="counted">${repeat(others, ({item}) => item.sku ?? item.gtin, ({item, found}) => html`<li class="counted-row"><span class="quantity">${found}</span>
      <span class="grow"><span class="line-title">${this.#title(item)}</span><br><span class="muted small">${t('count.notNoted')}</span></span>
      <button class="button" @click=${() => { this.#take(item); this.updateComplete.then(() => this.field?.focus()); }}>${t('count.resume')}</button></li>`)}</ul></section>` : nothing;
  }

  #notedList() {
    const zone = here.about?.timeZone;
    const noted = queue.acts.filter((each) => each.kind === 'count' && each.store === here.name).reverse().slice(0, SHOWN_MOST);
    return noted.length ? html`<section aria-labelledby="noted"><h2 class="column-title" id="noted">${t('count.list')}</h2><ul class="counted">${repeat(noted, (each) => each.key, (each) => html`<li class="counted-row"><span class="quantity">${each.quantity}</span>
      <span class="grow"><span class="line-title">${each.title}</span><br><span class="muted small">${t('count.trueAt', {time: format.timeOrDay(new Date(each.at), zone)})}</span>
        ${each.state === 'refused' ? html`<br><span class="problem">${each.problem}</span>` : nothing}</span>
      ${each.state === 'waiting' ? html`<span class="tag warn">${icon('clock', {size: 'small'})} ${t('pick.waits')}</span>` : each.state === 'done' ? html`<span class="tag">${icon('check', {size: 'small'})} ${t('queue.sent')}</span>`
        : html`<button class="button" @click=${() => { queue.dismiss(each.seq); router.go(`/store/count?sku=${encodeURIComponent(each.sku ?? each.gtin)}`); }}>${t('count.again')}</button>`}</li>`)}</ul></section>` : nothing;
  }
}
customElements.define('store-count', Count);
