/** Handing over: the customer's code, typed, scanned by a scanner that types, or read by the camera; all, or some of it. */
import {html, nothing} from 'lit';
import {openDialog} from 'filo/dialog.js';
import {FiloElement} from 'filo/element.js';
import * as format from 'filo/format.js';
import {icon} from 'filo/icons.js';
import {t} from 'filo/i18n.js';
import {picture} from 'filo/ui.js';
import {canVouch, codeIn, collect} from '../collect.js';
import {net} from '../net.js';
import {left, pickList} from '../pick-list.js';
import {router} from '../routes.js';
import {canScan} from '../scan.js';
import {here} from '../state.js';

class Handover extends FiloElement {
  static properties = {query: {attribute: false}, busy: {state: true}, problem: {state: true}, taken: {state: true}, release: {state: true}};

  constructor() {
    super();
    this.taken = {};
    this.release = false;
    this.listen(pickList, 'change');
    this.listen(net, 'change');
  }

  keepOn() { return true; }

  get field() { return this.querySelector('#pickup-code'); }

  /** The reservation it was begun from; undefined when there is only a code. */
  get reservation() {
    const name = this.query?.get('reservation');
    return name ? pickList.get(name) : undefined;
  }

  firstUpdated() { if (matchMedia('(pointer: fine)').matches) setTimeout(() => this.field?.focus()); }

  willUpdate(changed) {
    if (!changed.has('query')) return;
    this.taken = {};
    this.release = false;
    this.problem = undefined;
  }

  /** How many of a line she takes. */
  #count(line) { return this.taken[line.sku] ?? left(line); }

  render() {
    const reservation = this.reservation;
    const away = net.away;
    const open = (reservation?.lines ?? []).filter((line) => left(line) > 0);
    const partly = open.some((line) => this.#count(line) < left(line));
    return html`<div class="handover"><h1>${t('handover.title')}</h1>
      ${reservation ? this.#whose(reservation, open, partly) : html`<p class="muted">${t('handover.text')}</p>`}
      ${away ? html`<div class="note warn" role="status">${icon('offline')}<p>${t(canVouch(reservation) ? 'handover.awayKnown' : 'handover.away')}</p></div>` : nothing}
      <form class="stack" @submit=${this.#submit}>
        <div class="field"><label for="pickup-code">${t('handover.code')}</label>
          <input class="input code pickup-code" id="pickup-code" autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="64" enterkeyhint="go" aria-invalid=${this.problem ? 'true' : nothing} aria-describedby=${this.problem ? 'pickup-problem' : nothing}></div>
        ${this.problem ? html`<p class="problem" id="pickup-problem" role="alert">${this.problem}</p>` : nothing}
        <button class="button primary wide big" type="submit" aria-busy=${this.busy ?? false}>${icon('hand')} ${t(partly ? 'handover.goPart' : 'handover.go')}</button>
        ${canScan() ? html`<button class="button wide big" type="button" @click=${this.scan}>${icon('qr')} ${t('handover.camera')}</button>` : nothing}
      </form>
      ${reservation ? nothing : html`<p class="note">${icon('scan')}<span>${t('handover.scanner')}</span></p>`}</div>`;
  }

  #whose(reservation, open, partly) {
    return html`<section class="card stack whose" aria-labelledby="whose"><div class="pick-head"><h2 id="whose" class="pick-who">${reservation.customerDisplayName || t('pick.noName')}</h2>
        ${reservation.shelf ? html`<p class="tag accent shelf-tag">${icon('pin', {size: 'small'})} ${reservation.shelf}</p>` : nothing}</div>
      ${reservation.identityCheck ? html`<p class="note warn">${icon('person')}<span>${t('handover.identity')}</span></p>` : nothing}
      <ul class="pick-lines small-lines">${open.map((line) => html`<li><span class="line-picture">${picture(line.mediaUri ? {uri: line.mediaUri} : undefined, {decorative: true})}</span>
        <span class="grow"><span class="line-title">${line.title || line.sku}</span><br><span class="muted small">${t('handover.of', {count: left(line)})} · ${line.sku}</span></span>${this.#stepper(line)}</li>`)}</ul>
      ${partly ? html`<label class="choice"><input type="checkbox" .checked=${this.release} @change=${(event) => { this.release = event.target.checked; }}> <span>${t('handover.release')}</span></label>
        <p class="muted small">${t(this.release ? 'handover.releaseText' : 'handover.keepText', {until: format.dayTime(reservation.expireTime, here.about?.timeZone)})}</p>` : nothing}
      <a class="button text" href="/store/handover">${t('handover.other')}</a></section>`;
  }

  #stepper(line) {
    const count = this.#count(line);
    const set = (value) => { this.taken = {...this.taken, [line.sku]: value}; };
    return html`<span class="stepper" role="group" aria-label=${t('handover.takes', {title: line.title || line.sku})}>
      <button class="button square" ?disabled=${count <= 0} aria-label=${t('count.less')} @click=${() => set(count - 1)}>${icon('minus')}</button>
      <output class="stepper-count" aria-live="polite">${count}</output>
      <button class="button square" ?disabled=${count >= left(line)} aria-label=${t('count.more')} @click=${() => set(count + 1)}>${icon('plus')}</button></span>`;
  }

  #submit = async (event) => {
    event.preventDefault();
    if (this.busy) return;
    if (codeIn(this.field.value).length < 4) {
      this.problem = t('handover.codeShort');
      this.field.focus();
      return;
    }
    await this.take(this.field.value);
  };

  /** Opens the camera. */
  scan = async () => {
    const {CameraDialog} = await import('../parts/camera-dialog.js');
    const code = await openDialog(new CameraDialog());
    if (code) await this.take(code);
  };

  /** Hands over for a code, whichever way it came. */
  async take(code) {
    const {reservation} = this;
    const open = (reservation?.lines ?? []).filter((line) => left(line) > 0);
    const lines = open.some((line) => this.#count(line) < left(line)) ? open.filter((line) => this.#count(line) > 0).map((line) => ({sku: line.sku, quantity: this.#count(line)})) : undefined;
    if (lines && !lines.length) {
      this.problem = t('handover.nothing');
      return;
    }
    this.busy = true;
    this.problem = undefined;
    let done;
    try {
      done = await collect(code, {reservation, lines, releaseRest: lines && this.release});
    } finally {
      this.busy = false;
    }
    if (this.field) this.field.value = '';
    if (done && reservation) await router.go('/store/handover', {replace: true});
    await this.updateComplete;
    this.field?.focus();
  }
}
customElements.define('store-handover', Handover);
