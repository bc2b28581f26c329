/** The pick list: what to set aside, what is ready. Rows do not move under a finger. */
import {html, nothing} from 'lit';
import {repeat} from 'lit/directives/repeat.js';
import {explain} from 'filo/api.js';
import {openDialog} from 'filo/dialog.js';
import {FiloElement} from 'filo/element.js';
import * as format from 'filo/format.js';
import {icon} from 'filo/icons.js';
import {t} from 'filo/i18n.js';
import {announce, emptyBlock, errorBlock, picture, toast} from 'filo/ui.js';
import {here} from '../state.js';
import {pickList} from '../pick-list.js';
import {queue} from '../queue.js';
import {RefuseDialog} from '../parts/refuse-dialog.js';

const STILL_MS = 15_000;
const LEAVES_MS = 1600;
const SOON_MS = 3 * 3_600_000;

class Pick extends FiloElement {
  static properties = {tab: {state: true}, busy: {state: true}};

  // The order as it stands on the screen, and what has come since.
  #order = {toPrepare: null, prepared: null};
  #touchedAt = 0;
  #leaving = new Map();

  constructor() {
    super();
    this.tab = 'toPrepare';
    this.busy = new Set();
    this.listen(pickList, 'change');
    this.listen(window, ['pointerdown', 'wheel', 'keydown', 'scroll'], () => { this.#touchedAt = Date.now(); });
    this.whileConnected(() => {
      const timer = setInterval(() => { if (document.visibilityState === 'visible') this.requestUpdate(); }, 5000);
      return () => {
        clearInterval(timer);
        for (const {ends} of this.#leaving.values()) clearTimeout(ends);
        this.#leaving.clear();
      };
    });
  }

  /** The rows of a list in the order of the screen, and those that wait to be shown. */
  #rows(list) {
    const all = pickList[list];
    const order = this.#order[list];
    const fresh = order ? all.filter((each) => !order.includes(each.name)) : all;
    const still = Date.now() - this.#touchedAt > STILL_MS && !this.#leaving.size;
    if (!order || !order.length || still || (list === 'prepared' && this.#leaving.size === 0)) {
      this.#order[list] = [...new Set([...(still ? [] : order ?? []), ...all.map((each) => each.name)])];
      return {rows: this.#inOrder(list, all), fresh: 0};
    }
    return {rows: this.#inOrder(list, all), fresh: fresh.length};
  }

  #inOrder(list, all) {
    const byName = new Map(all.map((each) => [each.name, each]));
    this.#order[list] = this.#order[list].filter((name) => byName.has(name) || this.#leaving.has(name));
    return this.#order[list].map((name) => byName.get(name) ?? (list === 'toPrepare' ? this.#leaving.get(name)?.reservation : undefined)).filter(Boolean);
  }

  #showFresh(list) {
    this.#order[list] = null;
    this.requestUpdate();
    this.updateComplete.then(() => {
      scrollTo({top: 0, behavior: 'instant'});
      this.querySelector('.pick-row')?.focus();
    });
  }

  render() {
    if (pickList.error && !pickList.known) return errorBlock(pickList.error, () => pickList.read());
    if (!pickList.known) return html`<h1 class="visually-hidden">${t('nav.pick')}</h1><div class="columns" aria-busy="true"><span class="skeleton pick-skeleton"></span><span class="skeleton pick-skeleton"></span></div>`;
    const lists = ['toPrepare', 'prepared'].map((list) => ({list, ...this.#rows(list), count: pickList[list].length}));
    return html`<div class="page-head"><h1>${t('nav.pick')}</h1>${pickList.asOf ? html`<span class="muted small">${t('stock.asOf', {time: format.timeOrDay(pickList.asOf, here.about?.timeZone)})}</span>` : nothing}</div>
      <div class="segments" role="tablist" aria-label=${t('nav.pick')}>${lists.map(({list, count}) => html`<button role="tab" id="segment-${list}" aria-controls="column-${list}" aria-selected=${this.tab === list} @click=${() => { this.tab = list; }}>${t(`pick.${list}`)} <span class="count">${count}</span></button>`)}</div>
      <div class="columns">${lists.map(({list, rows, fresh, count}) => html`<section class="pick-column ${this.tab === list ? 'chosen' : ''}" id="column-${list}" aria-labelledby="head-${list}">
        <h2 class="column-head" id="head-${list}">${t(`pick.${list}`)} <span class="muted count">${count}</span></h2>
        ${fresh ? html`<button class="button fresh" @click=${() => this.#showFresh(list)}>${icon('up')} ${t('pick.fresh', {count: fresh})}</button>` : nothing}
        ${rows.length ? html`<ul class="pick-list">${repeat(rows, (each) => each.name, (each) => (list === 'toPrepare' ? this.#toPrepare(each) : this.#prepared(each)))}</ul>`
          : emptyBlock({image: list === 'toPrepare' ? 'done' : 'box', title: t(`pick.empty.${list}`), text: list === 'toPrepare' ? t('pick.emptyText') : ''})}</section>`)}</div>`;
  }

  #head(each, since) {
    const due = Date.parse(each.expireTime) - Date.now();
    return html`<div class="pick-head"><h3 class="pick-who">${each.customerDisplayName || t('pick.noName')}</h3>
        <p class="pick-when muted">${since}</p></div>
      <p class="due ${due < SOON_MS ? 'soon' : ''}">${icon(due < SOON_MS ? 'warning' : 'clock', {size: 'small'})} ${t('pick.until', {until: format.dayTime(each.expireTime, here.about?.timeZone)})}</p>`;
  }

  #lines(each, small = false) {
    return html`<ul class="pick-lines ${small ? 'small-lines' : ''}">${(each.lines ?? []).map((line) => html`<li><span class="line-picture">${picture(line.mediaUri ? {uri: line.mediaUri} : undefined, {decorative: true})}</span>
      <span class="quantity ${(line.quantity ?? 1) > 1 ? 'several' : ''}">${line.quantity ?? 1} ×</span><span class="grow"><span class="line-title">${line.title || line.sku}</span><br><span class="muted small">${line.sku}</span></span></li>`)}</ul>`;
  }

  #toPrepare(each) {
    if (this.#leaving.has(each.name)) {
      return html`<li class="card pick-row gone" tabindex="-1"><p class="gone-text">${icon('done')} ${t('pick.isReady', {who: each.customerDisplayName || t('pick.noName')})}</p></li>`;
    }
    const busy = this.busy.has(each.name);
    return html`<li class="card pick-row" tabindex="-1">${this.#head(each, t('pick.arrivedAgo', {ago: format.ago(each.createTime)}))}${this.#lines(each)}
      ${each.createdBy?.displayName ? html`<p class="muted small">${icon('agent', {size: 'small'})} ${t('pick.madeBy', {name: each.createdBy.displayName})}</p>` : nothing}
      <div class="pick-actions"><button class="button" ?disabled=${busy} @click=${() => this.#refuse(each)}>${icon('close')} ${t('pick.refuse')}</button>
        <button class="button primary grow" aria-busy=${busy} @click=${() => this.#prepare(each)}>${icon('check')} ${t('pick.prepare')}</button></div></li>`;
  }

  #prepared(each) {
    return html`<li class="card pick-row" tabindex="-1">${this.#head(each, each.waits ? html`<span class="tag warn">${icon('clock', {size: 'small'})} ${t('pick.waits')}</span>` : each.prepareTime ? t('pick.readyAgo', {ago: format.ago(each.prepareTime)}) : nothing)}${this.#lines(each, true)}
      <div class="pick-actions"><a class="button grow" href="/store/handover">${icon('hand')} ${t('pick.handOver')}</a></div></li>`;
  }

  async #act(each, act, done) {
    if (this.busy.has(each.name)) return;
    this.busy = new Set([...this.busy, each.name]);
    try {
      const outcome = await queue.add({...act, store: here.name, reservation: each.name});
      if (outcome.state === 'refused') {
        clearTimeout(this.#leaving.get(each.name)?.ends);
        this.#leaving.delete(each.name);
        toast(explain(outcome.error), {image: 'warning', kind: 'pick'});
        pickList.read();
      } else {
        done(outcome.state);
      }
    } finally {
      this.busy = new Set([...this.busy].filter((name) => name !== each.name));
    }
  }

  #prepare(each) {
    const who = each.customerDisplayName || t('pick.noName');
    this.#leave(each);
    return this.#act(each, {kind: 'prepare', words: t('queue.prepare', {who})}, (state) => announce(t(state === 'waiting' ? 'pick.willBeReady' : 'pick.isReady', {who})));
  }

  async #refuse(each) {
    const reason = await openDialog(new RefuseDialog(), {reservation: each});
    if (!reason) return;
    const who = each.customerDisplayName || t('pick.noName');
    await this.#act(each, {kind: 'refuse', reason, words: t('queue.refuse', {who})}, () => toast(t('pick.refused', {who}), {image: 'check', kind: 'pick'}));
  }

  /** The row stays where it is for a moment, so that the next one does not come under the finger. */
  #leave(reservation) {
    const {name} = reservation;
    const ends = setTimeout(() => {
      this.#leaving.delete(name);
      this.requestUpdate();
    }, LEAVES_MS);
    this.#leaving.set(name, {ends, reservation});
    this.requestUpdate();
  }
}
customElements.define('store-pick', Pick);
