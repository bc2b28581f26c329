/** Vouchers: all there are; managers make them and withdraw them. */
import {html, nothing} from 'lit';
import {repeat} from 'lit/directives/repeat.js';
import {ApiError, explain} from 'filo/api.js';
import {confirm, FiloDialog, openDialog} from 'filo/dialog.js';
import {FiloElement, Load} from 'filo/element.js';
import * as format from 'filo/format.js';
import {icon} from 'filo/icons.js';
import {t} from 'filo/i18n.js';
import {announce, complain, emptyBlock, shown, toast} from 'filo/ui.js';
import {api, isManager} from './state.js';

const PAGE = 200;
const CODE = '[A-Za-z0-9\\-]{3,32}';
const codeOf = (voucher) => voucher.name.split('/')[1];

/** An amount of euros as people write it, «12,50», in whole cents; undefined when it is none. */
export function euros(text) {
  const parts = /^(\d{1,7})(?:[.,](\d{1,2}))?$/.exec(text.trim());
  return parts ? {currencyCode: 'EUR', units: parts[1], nanos: Number((parts[2] ?? '').padEnd(2, '0')) * 10_000_000} : undefined;
}

/** Making one. */
class VoucherDialog extends FiloDialog {
  static properties = {kind: {state: true}, busy: {state: true}, problem: {state: true}};

  constructor() {
    super();
    this.kind = 'percent';
  }

  heading() { return t('vouchers.new'); }

  body() {
    return html`<form id="voucher-form" class="stack" @submit=${this.#make}>
      <div class="field"><label for="voucher-code">${t('vouchers.code')}</label><input class="input num" id="voucher-code" name="code" required minlength="3" maxlength="32" pattern=${CODE} autocomplete="off" autocapitalize="characters" spellcheck="false" aria-describedby="voucher-code-hint">
        <span class="muted small" id="voucher-code-hint">${t('vouchers.codeHint')}</span></div>
      <div class="field"><label for="voucher-title">${t('vouchers.titleIt')}</label><input class="input" id="voucher-title" name="title" required maxlength="200"></div>
      <div class="field"><label for="voucher-title-en">${t('vouchers.titleEn')}</label><input class="input" id="voucher-title-en" name="titleEn" maxlength="200"></div>
      <div class="voucher-pair"><div class="field"><label for="voucher-kind">${t('vouchers.kind')}</label><select class="input" id="voucher-kind" name="kind" @change=${(event) => { this.kind = event.target.value; }}><option value="percent">${t('vouchers.percent')}</option><option value="amount">${t('vouchers.amount')}</option></select></div>
        <div class="field"><label for="voucher-value">${this.kind === 'percent' ? t('vouchers.percentValue') : t('vouchers.amountValue')}</label><input class="input num" id="voucher-value" name="value" required inputmode="decimal" autocomplete="off"></div></div>
      <div class="field"><label for="voucher-minimum">${t('vouchers.minimum')}</label><input class="input num" id="voucher-minimum" name="minimum" inputmode="decimal" autocomplete="off"></div>
      <div class="voucher-pair"><div class="field"><label for="voucher-start">${t('vouchers.start')}</label><input class="input" id="voucher-start" name="start" type="datetime-local"></div>
        <div class="field"><label for="voucher-end">${t('vouchers.end')}</label><input class="input" id="voucher-end" name="end" type="datetime-local"></div></div>
      ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing}</form>`;
  }

  footer() {
    return html`<button class="button" @click=${() => this.close()}>${t('action.cancel')}</button>
      <button class="button primary" type="submit" form="voucher-form" aria-busy=${this.busy ?? false}>${t('vouchers.make')}</button>`;
  }

  /** The voucher as the form says it; what is wrong with it instead, as text. */
  #read({code, title, titleEn, value, minimum, start, end}) {
    const voucher = {name: `vouchers/${code.value.trim()}`, title: title.value.trim(), titleEn: titleEn.value.trim()};
    if (this.kind === 'percent') {
      voucher.percent = Number(value.value.trim());
      if (!Number.isInteger(voucher.percent) || voucher.percent < 1 || voucher.percent > 100) return t('vouchers.percentWrong');
    } else {
      voucher.amount = euros(value.value);
      if (!voucher.amount || (voucher.amount.units === '0' && !voucher.amount.nanos)) return t('vouchers.amountWrong');
    }
    if (minimum.value.trim()) {
      voucher.minimum = euros(minimum.value);
      if (!voucher.minimum) return t('vouchers.amountWrong');
    }
    if (start.value) voucher.startTime = new Date(start.value).toISOString();
    if (end.value) voucher.endTime = new Date(end.value).toISOString();
    return voucher.startTime && voucher.endTime && voucher.endTime <= voucher.startTime ? t('vouchers.endWrong') : voucher;
  }

  #make = async (event) => {
    event.preventDefault();
    if (this.busy) return;
    const voucher = this.#read(event.target.elements);
    this.problem = typeof voucher === 'string' ? voucher : undefined;
    if (this.problem) return;
    this.busy = true;
    try {
      this.close(await api.post('/v1/vouchers', voucher));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.problem = explain(error);
    } finally {
      this.busy = false;
    }
  };
}
customElements.define('desk-voucher-dialog', VoucherDialog);

class Vouchers extends FiloElement {
  static properties = {params: {attribute: false}, query: {attribute: false}, restored: {}, more: {state: true}};

  constructor() {
    super();
    this.list = new Load(this, (signal) => api.get('/v1/vouchers', {query: {pageSize: PAGE}, signal}));
  }

  connectedCallback() {
    super.connectedCallback();
    this.list.run();
  }

  render() {
    return html`<section class="vouchers stack"><header class="spread"><div>${isManager() ? nothing : html`<p class="muted small">${t('vouchers.onlyManagers')}</p>`}<h1 tabindex="-1">${t('vouchers.title')}</h1></div>
        ${isManager() ? html`<button class="button primary" @click=${this.#new}>${icon('plus', {size: 'small'})} ${t('vouchers.new')}</button>` : nothing}</header>
      ${shown(this.list, ({vouchers = [], nextPageToken}) => vouchers.length
        ? html`<ul class="list voucher-list">${repeat(vouchers, (each) => each.name, (each) => this.#row(each))}</ul>
          ${nextPageToken ? html`<button class="button" aria-busy=${this.more ?? false} @click=${() => this.#more(nextPageToken)}>${t('vouchers.more')}</button>` : nothing}`
        : emptyBlock({image: 'tag', title: t('vouchers.none'), text: isManager() ? t('vouchers.noneText') : ''}), {skeleton: html`<div class="inbox-wait" aria-busy="true"><span class="skeleton"></span><span class="skeleton"></span></div>`})}</section>`;
  }

  #row(voucher) {
    const code = codeOf(voucher);
    const worth = voucher.percent ? t('vouchers.worthPercent', {percent: voucher.percent}) : format.money(voucher.amount);
    const state = this.#state(voucher);
    return html`<li class="card voucher-row" data-code=${code}><div class="grow"><p class="cluster"><strong class="num">${code}</strong><span class="tag ${state === 'now' ? 'accent' : ''}">${t(`vouchers.state.${state}`)}</span></p>
        <p>${voucher.title}${voucher.titleEn ? html` <span class="muted">· <span lang="en">${voucher.titleEn}</span></span>` : nothing}</p>
        <p class="muted small">${[voucher.minimum && t('vouchers.from', {minimum: format.money(voucher.minimum)}), voucher.startTime && t('vouchers.since', {time: format.dayTime(voucher.startTime)}), voucher.endTime && t('vouchers.until', {time: format.dayTime(voucher.endTime)})].filter(Boolean).join(' · ')}</p></div>
      <span class="price">−${worth}</span>
      ${isManager() && !voucher.withdrawn ? html`<button class="button" aria-label=${t('vouchers.withdrawOf', {code})} @click=${() => this.#withdraw(voucher)}>${t('vouchers.withdraw')}</button>` : nothing}</li>`;
  }

  #state({withdrawn, startTime, endTime}) {
    const now = Date.now();
    return withdrawn ? 'withdrawn' : startTime && Date.parse(startTime) > now ? 'later' : endTime && Date.parse(endTime) <= now ? 'over' : 'now';
  }

  #new = async () => {
    const made = await openDialog(new VoucherDialog());
    if (!made) return;
    toast(t('vouchers.made', {code: codeOf(made)}), {image: 'check'});
    this.list.run();
  };

  async #withdraw(voucher) {
    const code = codeOf(voucher);
    if (!await confirm({title: t('vouchers.withdrawTitle'), text: t('vouchers.withdrawText', {code}), yes: t('vouchers.withdraw'), danger: true})) return;
    try {
      await api.post(`/v1/${voucher.name}:withdraw`, {});
      toast(t('vouchers.withdrawn', {code}), {image: 'check'});
    } catch (error) {
      complain(error);
      announce(explain(error));
    }
    this.list.run();
  }

  async #more(pageToken) {
    this.more = true;
    try {
      const {vouchers = [], nextPageToken} = await api.get('/v1/vouchers', {query: {pageSize: PAGE, pageToken}});
      this.list.set({vouchers: [...this.list.data.vouchers, ...vouchers], nextPageToken});
    } catch (error) {
      complain(error);
    } finally {
      this.more = false;
    }
  }
}
customElements.define('desk-vouchers', Vouchers);
