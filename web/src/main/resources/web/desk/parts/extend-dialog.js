/** Keeping a reservation longer: until a later closing of its store. */
import {html, nothing} from 'lit';
import {ApiError, explain, newId} from 'filo/api.js';
import {FiloDialog} from 'filo/dialog.js';
import {t} from 'filo/i18n.js';
import {lineText} from 'filo/staff/staff.js';
import {closingChoice, later} from './closings.js';
import {api} from '../state.js';

export class ExtendDialog extends FiloDialog {
  static properties = {date: {state: true}, busy: {state: true}, problem: {state: true}};

  #key = newId();

  heading() { return t('panel.extendTitle'); }

  body() {
    const days = later(this.store, this.reservation.expireTime);
    return html`<form id="extend-form" class="stack" @submit=${this.#extend}><p>${(this.reservation.lines ?? []).map(lineText).join(', ')} · ${this.reservation.storeTitle}</p>
      ${closingChoice(days, this.date, (date) => { this.date = date; this.#key = newId(); })}
      ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing}</form>`;
  }

  footer() {
    return html`<button class="button" @click=${() => this.close()}>${t('action.cancel')}</button>
      <button class="button primary" type="submit" form="extend-form" ?disabled=${!this.date} aria-busy=${this.busy ?? false}>${t('panel.extend')}</button>`;
  }

  #extend = async (event) => {
    event.preventDefault();
    if (this.busy || !this.date) return;
    this.busy = true;
    this.problem = undefined;
    try {
      this.close(await api.post(`/v1/${this.reservation.name}:extend`, {untilStoreClosing: this.date}, {idempotencyKey: this.#key}));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.kind === 'refused') this.#key = newId();
      this.problem = explain(error);
    } finally {
      this.busy = false;
    }
  };
}
customElements.define('desk-extend-dialog', ExtendDialog);
