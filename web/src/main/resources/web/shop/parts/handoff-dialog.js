/**
 * Going on with another device: a QR code to scan, a short code to type, both for two minutes and once. When a device
 * shows the code, its name is shown here for a yes or no; closing says no.
 */
import {html, nothing} from 'lit';
import {FiloDialog, openDialog} from 'filo/dialog.js';
import {ApiError, explain} from 'filo/api.js';
import {Load} from 'filo/element.js';
import * as format from 'filo/format.js';
import {icon} from 'filo/icons.js';
import {t} from 'filo/i18n.js';
import {copy, plain, qr, shown} from 'filo/ui.js';
import {deviceKind} from 'filo/session.js';
import {api} from '../state.js';

const POLL_MS = 1500;

class HandoffDialog extends FiloDialog {
  static properties = {asking: {state: true}, answer: {state: true}, problem: {state: true}, busy: {state: true}};

  constructor() {
    super();
    this.handoff = new Load(this, (signal) => api.post('/v1/handoffs', {confirm: true}, {signal}));
    this.handoff.run();
    this.whileConnected(() => {
      const timer = setInterval(() => this.requestUpdate(), 1000);
      const poll = setInterval(() => this.#look(), POLL_MS);
      return () => { clearInterval(timer); clearInterval(poll); this.#leave(); };
    });
  }

  /** Whether a device has shown the code. */
  async #look() {
    const name = this.handoff.data?.name;
    if (!name || this.asking || this.answer || this.#left <= 0) return;
    try {
      const seen = await api.get(`/v1/${name}`, {retries: 0});
      if (plain(seen.state) !== 'CLAIMED' || this.handoff.data?.name !== name) return;
      this.asking = seen;
      await this.updateComplete;
      this.querySelector('#handoff-question')?.focus();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error; // the next look may do
    }
  }

  /** A code nobody answers for any more is worth nothing. */
  #leave() {
    const name = this.handoff.data?.name;
    if (name && !this.answer && this.#left > 0) api.post(`/v1/${name}:decide`, {approve: false}).catch(() => { /* it ends by itself */ });
  }

  get #left() { return Math.round((new Date(this.handoff.data?.expireTime) - Date.now()) / 1000); }

  #decide = async (approve) => {
    if (this.busy) return;
    this.busy = true;
    this.problem = undefined;
    try {
      await api.post(`/v1/${this.asking.name}:decide`, {approve});
      this.answer = approve ? 'yes' : 'no';
      this.asking = undefined;
      await this.updateComplete;
      this.querySelector('#handoff-answer')?.focus();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.problem = explain(error);
    } finally {
      this.busy = false;
    }
  };

  #again = () => {
    this.asking = undefined;
    this.answer = undefined;
    this.problem = undefined;
    this.handoff.data = undefined;
    this.handoff.run();
  };

  #question() {
    const device = this.asking.device || t(`handoff.some.${this.asking.channel === 'app' ? 'app' : 'web'}`);
    return html`<div class="stack center">
      ${icon(deviceKind(device) === 'pc' ? 'pc' : 'phone', {size: 'large'})}
      <p id="handoff-question" tabindex="-1" role="alert"><strong>${t('handoff.question', {device})}</strong></p>
      <p class="muted">${t('handoff.questionHint')}</p>
      ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing}
      <div class="cluster"><button class="button primary" aria-busy=${this.busy ?? false} @click=${() => this.#decide(true)}>${icon('check')} ${t('handoff.yes')}</button>
        <button class="button" @click=${() => this.#decide(false)}>${t('handoff.no')}</button></div></div>`;
  }

  heading() { return t('handoff.title'); }

  body() {
    if (this.answer) {
      return html`<div class="stack center"><p id="handoff-answer" tabindex="-1" role="status">${icon(this.answer === 'yes' ? 'done' : 'warning')} ${t(this.answer === 'yes' ? 'handoff.saidYes' : 'handoff.saidNo')}</p>
        ${this.answer === 'no' ? html`<button class="button" @click=${this.#again}>${icon('refresh')} ${t('handoff.again')}</button>` : nothing}</div>`;
    }
    if (this.asking && this.#left > 0) return this.#question();
    return shown(this.handoff, (handoff) => {
      const left = this.#left;
      if (left <= 0) {
        return html`<div class="stack center"><p>${t('handoff.over')}</p>
          <button class="button primary" @click=${this.#again}>${icon('refresh')} ${t('handoff.again')}</button></div>`;
      }
      return html`<div class="stack center">
        <p>${t('handoff.scan')}</p>
        ${qr(handoff.qrSvg, t('handoff.qr'))}
        <p>${t('handoff.type', {host: location.host})}</p>
        <p class="code big-code" aria-label=${[...handoff.code].join(' ')}>${format.spaced(handoff.code)}</p>
        <p class="muted small num" aria-hidden="true">${t('handoff.left', {time: `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`})}</p>
        ${handoff.uri ? html`<button class="button text" @click=${() => copy(handoff.uri)}>${icon('link')} ${t('handoff.copy')}</button>` : nothing}
      </div>`;
    }, {skeleton: html`<div class="stack center"><span class="skeleton qr-skeleton"></span></div>`});
  }
}
customElements.define('shop-handoff-dialog', HandoffDialog);

/** Opens the hand-off. */
export const handOff = () => openDialog(new HandoffDialog());
