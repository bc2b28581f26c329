/** The pick list: what to set aside, what is ready. Rows do not move under a finger. */
import {html, nothing} from 'lit';
import {repeat} from 'lit/directives/repeat.js';
import {explain} from 'filo/api.js';
import {openDialog} from 'filo/dialog.js';
import {FiloElement} from 'filo/element.js';
import * as format from 'filo/format.js';
import {icon} from 'filo/icons.js';
import {t} from 'filo/i18n.js';
import {announce, emptyBlock, errorBlock, idOf, picture, toast} from 'filo/ui.js';
import {here, now} from '../state.js';
import {dueSoon, escalated, left, pickList} from '../pick-list.js';
import {queue} from '../queue.js';
import {router} from '../routes.js';
import {PrepareDialog} from '../parts/prepare-dialog.js';
import {RefuseDialog} from '../parts/refuse-dialog.js';

const STILL_MS = 15_000;
const LEAVES_MS = 1600;
const LISTS = ['toPrepare', 'prepared'];

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
      this.querySelector(`#column-${list} .pick-row`)?.focus();
    });
  }

  render() {
    if (pickList.error && !pickList.known) return errorBlock(pickList.error, () => pickList.read());
    if (!pickList.known) return html`<h1 class="visually-hidden">${t('nav.pick')}</h1><div class="columns" aria-busy="true"><span class="skeleton pick-skeleton"></span><span class="skeleton pick-skeleton"></span></div>`;
    const lists = LISTS.map((list) => ({list, ...this.#rows(list), count: pickList[list].length}));
    return html`<div class="page-head"><h1>${t('nav.pick')}</h1>${pickList.asOf ? html`<span class="muted small">${t('stock.asOf', {time: format.timeOrDay(pickList.asOf, here.about?.timeZone)})}</span>` : nothing}</div>
      <div class="segments" role="tablist" aria-label=${t('nav.pick')} @keydown=${this.#tabKeys}>${lists.map(({list, count}) => html`<button role="tab" id="segment-${list}" aria-controls="column-${list}" aria-selected=${this.tab === list} tabindex=${this.tab === list ? 0 : -1} @click=${() => { this.tab = list; }}>${t(`pick.${list}`)} <span class="count">${count}</span></button>`)}</div>
      <div class="columns">${lists.map(({list, rows, fresh, count}) => html`<section class="pick-column ${this.tab === list ? 'chosen' : ''}" id="column-${list}" aria-labelledby="head-${list}">
        <h2 class="column-head" id="head-${list}" tabindex="-1">${t(`pick.${list}`)} <span class="muted count">${count}</span></h2>
        ${fresh ? html`<button class="button fresh" @click=${() => this.#showFresh(list)}>${icon('up')} ${t('pick.fresh', {count: fresh})}</button>` : nothing}
        ${rows.length ? html`<ul class="pick-list">${repeat(rows, (each) => each.name, (each) => (list === 'toPrepare' ? this.#toPrepare(each) : this.#prepared(each)))}</ul>`
          : emptyBlock({image: list === 'toPrepare' ? 'done' : 'box', title: t(`pick.empty.${list}`), text: list === 'toPrepare' ? t('pick.emptyText') : ''})}</section>`)}</div>`;
  }

  #tabKeys = (event) => {
    if (!['ArrowLeft', 'ArrowRight'].includes(event.key)) return;
    this.tab = this.tab === 'toPrepare' ? 'prepared' : 'toPrepare';
    this.updateComplete.then(() => this.querySelector(`#segment-${this.tab}`).focus());
  };

  #head(each, since) {
    const zone = here.about?.timeZone;
    const soon = dueSoon(each);
    return html`<div class="pick-head"><h3 class="pick-who" id="who-${idOf(each.name)}">${each.customerDisplayName || t('pick.noName')}</h3>
        <p class="pick-when muted">${since}</p></div>
      ${escalated(each) ? html`<p class="urgent">${icon('warning', {size: 'small'})} ${t('pick.escalated', {time: format.timeOrDay(each.escalateTime, zone)})}</p>` : nothing}
      <p class="due ${soon ? 'soon' : ''}">${icon(soon ? 'warning' : 'clock', {size: 'small'})} <span>${t('pick.until', {until: format.dayTime(each.expireTime, zone)})}${soon ? html` <span class="nowrap">(${format.ago(each.expireTime, now())})</span>` : nothing}</span></p>
      ${each.shelf || each.identityCheck || each.waits.length ? html`<p class="cluster tags">${each.shelf ? html`<span class="tag accent shelf-tag">${icon('pin', {size: 'small'})} ${each.shelf}</span>` : nothing}
        ${each.identityCheck ? html`<span class="tag warn">${icon('person', {size: 'small'})} ${t('pick.identity')}</span>` : nothing}
        ${each.waits.length ? html`<span class="tag warn">${icon('clock', {size: 'small'})} ${t('pick.waits')}</span>` : nothing}</p>` : nothing}`;
  }

  #lines(each, small = false) {
    return html`<ul class="pick-lines ${small ? 'small-lines' : ''}">${(each.lines ?? []).map((line) => html`<li class=${left(line) ? '' : 'taken'}><span class="line-picture">${picture(line.mediaUri ? {uri: line.mediaUri} : undefined, {decorative: true})}</span>
      <span class="quantity ${left(line) > 1 ? 'several' : ''}">${left(line) || line.quantity} ×</span><span class="grow"><span class="line-title">${line.title || line.sku}</span><br><span class="muted small">${line.sku}${line.collectedQuantity ? html` · ${t('pick.collected', {count: line.collectedQuantity})}` : nothing}</span></span></li>`)}</ul>`;
  }

  #toPrepare(each) {
    if (this.#leaving.has(each.name)) {
      return html`<li class="card pick-row gone" tabindex="-1" data-name=${each.name}><p class="gone-text">${icon('done')} ${t('pick.isReady', {who: each.customerDisplayName || t('pick.noName')})}</p></li>`;
    }
    const busy = this.busy.has(`prepare ${each.name}`) || this.busy.has(`refuse ${each.name}`);
    const seen = Boolean(each.acknowledgeTime);
    const waits = each.waits.includes('collect');
    return html`<li class="card pick-row ${escalated(each) ? 'is-urgent' : ''}" tabindex="-1" data-name=${each.name} aria-labelledby="who-${idOf(each.name)}">${this.#head(each, t('pick.arrivedAgo', {ago: format.ago(each.createTime, now())}))}${this.#lines(each)}
      ${each.createdBy?.displayName || seen ? html`<p class="muted small cluster">${each.createdBy?.displayName ? html`<span>${icon('agent', {size: 'small'})} ${t('pick.madeBy', {name: each.createdBy.displayName})}</span>` : nothing}
        ${seen ? html`<span class="seen">${icon('check', {size: 'small'})} ${t('pick.seenAt', {time: format.timeOrDay(each.acknowledgeTime, here.about?.timeZone)})}</span>` : nothing}</p>` : nothing}
      <div class="pick-actions">${waits ? html`<p class="note grow">${t('pick.handedOver')}</p>` : html`<span class="pick-pair"><button class="button" ?disabled=${busy} @click=${() => this.#refuse(each)}>${icon('close')} ${t('pick.refuse')}</button>
        ${seen ? nothing : html`<button class="button" @click=${() => this.#acknowledge(each)}>${icon('check')} ${t('pick.acknowledge')}</button>`}</span>
        <span class="pick-pair main">${this.#handOver(each, 'button text')}
        <button class="button primary" aria-busy=${busy} @click=${() => this.#prepare(each)}>${icon('box')} ${t('pick.prepare')}</button></span>`}</div></li>`;
  }

  /** To the hand-over of all or some of it: of what is ready, and of what she comes for before it is. */
  #handOver(each, look) { return html`<a class=${look} href="/store/handover?reservation=${each.name}">${icon('hand')} ${t('pick.handOver')}</a>`; }

  #prepared(each) {
    const waits = each.waits.includes('collect');
    const busy = this.busy.has(`prepare ${each.name}`);
    return html`<li class="card pick-row" tabindex="-1" data-name=${each.name} aria-labelledby="who-${idOf(each.name)}">${this.#head(each, each.prepareTime ? t('pick.readyAgo', {ago: format.ago(each.prepareTime, now())}) : nothing)}${this.#lines(each, true)}
      <div class="pick-actions"><button class="button" ?disabled=${busy || waits} @click=${() => this.#prepare(each)}>${icon('pin')} ${t(each.shelf ? 'pick.move' : 'pick.shelf')}</button>
        ${waits ? html`<p class="note grow">${t('pick.handedOver')}</p>` : this.#handOver(each, 'button primary grow')}</div></li>`;
  }

  async #act(each, act, done) {
    // The same act once; another one about the same row goes behind it.
    const mark = `${act.kind} ${each.name}`;
    if (this.busy.has(mark)) return;
    this.busy = new Set([...this.busy, mark]);
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
      this.busy = new Set([...this.busy].filter((other) => other !== mark));
    }
  }

  async #acknowledge(each) {
    if (each.acknowledgeTime) return;
    const who = each.customerDisplayName || t('pick.noName');
    // The button goes: focus stays on its row.
    this.#row(each.name)?.focus({preventScroll: true});
    await this.#act(each, {kind: 'acknowledge', words: t('queue.acknowledge', {who})}, () => announce(t('pick.isSeen', {who})));
  }

  async #prepare(each) {
    const moved = each.state === 'PREPARED';
    const shelf = await openDialog(new PrepareDialog(), {reservation: each, moved});
    if (shelf === undefined || (moved && (!shelf || shelf === each.shelf))) return;
    const who = each.customerDisplayName || t('pick.noName');
    if (!moved) {
      this.#focusAfter(each.name);
      this.#leave(each);
    }
    await this.#act(each, {kind: 'prepare', shelf, words: t(moved ? 'queue.move' : 'queue.prepare', {who, shelf})}, (state) => announce(t(moved ? 'pick.isMoved' : state === 'waiting' ? 'pick.willBeReady' : 'pick.isReady', {who, shelf})));
  }

  async #refuse(each) {
    const refusal = await openDialog(new RefuseDialog(), {reservation: each});
    if (!refusal) return;
    const who = each.customerDisplayName || t('pick.noName');
    this.#focusAfter(each.name);
    await this.#act(each, {kind: 'refuse', ...refusal, words: t('queue.refuse', {who})}, (state) => toast(t(state === 'waiting' ? 'pick.willBeRefused' : 'pick.refused', {who}), {image: 'check', kind: 'pick'}));
  }

  #row(name) { return this.querySelector(`.pick-row[data-name="${CSS.escape(name)}"]`); }

  /** When a row goes, the next one has the focus, else the list's heading. */
  #focusAfter(name) {
    const row = this.#row(name);
    const next = row?.nextElementSibling ?? row?.previousElementSibling ?? row?.closest('section')?.querySelector('.column-head');
    next?.focus({preventScroll: true});
  }

  /** The row stays where it is for a moment, so that the next one does not come under the finger. */
  #leave(reservation) {
    const {name} = reservation;
    const ends = setTimeout(() => {
      const focused = this.#row(name)?.contains(document.activeElement);
      if (focused) this.#focusAfter(name);
      this.#leaving.delete(name);
      this.requestUpdate();
    }, LEAVES_MS);
    this.#leaving.set(name, {ends, reservation});
    this.requestUpdate();
  }

  /** A single key of the page; true when it did something. */
  pressed(key) {
    const rows = [...this.querySelectorAll('.pick-column .pick-row')].filter((row) => row.checkVisibility());
    const at = rows.findIndex((row) => row.contains(document.activeElement));
    if (['j', 'k', 'ArrowDown', 'ArrowUp'].includes(key)) {
      // Arrows move on in the list once one is in it; before, they scroll.
      if (!rows.length || (key.startsWith('Arrow') && at < 0)) return false;
      const next = rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + (key === 'j' || key === 'ArrowDown' ? 1 : -1)))];
      next.focus({preventScroll: true});
      next.scrollIntoView({block: 'nearest', behavior: 'instant'});
      return true;
    }
    if (key === 'n') {
      const list = LISTS.find((each) => this.querySelector(`#column-${each} .fresh`)?.checkVisibility());
      if (list) this.#showFresh(list);
      return Boolean(list);
    }
    const each = at < 0 ? undefined : pickList.get(rows[at].dataset.name);
    if (!each) return false;
    const open = each.state === 'HELD';
    if (key === 'v' && open) this.#acknowledge(each);
    else if (key === 'p') this.#prepare(each);
    else if (key === 'x' && open) this.#refuse(each);
    else if (key === 'c' && !each.waits.includes('collect')) router.go(`/store/handover?reservation=${each.name}`);
    else return false;
    return true;
  }
}
customElements.define('store-pick', Pick);
