/** It is ready: where does it stand? The places used lately are one tap away; none at all is an answer, too. */
import {html, nothing} from 'lit';
import {FiloDialog} from 'filo/dialog.js';
import {icon} from 'filo/icons.js';
import {t} from 'filo/i18n.js';
import {lineText} from 'filo/staff/staff.js';
import {here} from '../state.js';

const MOST = 6;
const key = () => `filo.store.shelves.${here.name}`;

const lately = () => {
  try { return JSON.parse(localStorage.getItem(key())) ?? []; } catch { return []; }
};

/** Resolves with the shelf, empty for none; undefined when it was closed. */
export class PrepareDialog extends FiloDialog {
  heading() { return t(this.moved ? 'prepare.moveTitle' : 'prepare.title'); }

  body() {
    const shelves = lately();
    return html`<form id="prepare-form" class="stack" @submit=${this.#done}><p class="muted">${(this.reservation.lines ?? []).map(lineText).join(', ')}</p>
      ${shelves.length ? html`<div class="cluster shelves" role="group" aria-label=${t('prepare.lately')}>${shelves.map((each) => html`<button class="button" type="button" @click=${() => this.#take(each)}>${icon('pin', {size: 'small'})} ${each}</button>`)}</div>` : nothing}
      <div class="field"><label for="shelf">${t('prepare.shelf')}</label><input class="input" id="shelf" maxlength="40" autocomplete="off" enterkeyhint="done" placeholder=${t('prepare.example')} .value=${this.reservation.shelf ?? ''}></div></form>`;
  }

  footer() { return html`<button class="button primary wide big" type="submit" form="prepare-form">${icon('check')} ${t(this.moved ? 'prepare.move' : 'prepare.confirm')}</button>`; }

  async open() {
    const closed = super.open();
    await this.updateComplete;
    this.querySelector('#shelf').focus();
    return closed;
  }

  #done = (event) => {
    event.preventDefault();
    this.#take(this.querySelector('#shelf').value.trim());
  };

  #take(shelf) {
    if (shelf) {
      try { localStorage.setItem(key(), JSON.stringify([shelf, ...lately().filter((each) => each !== shelf)].slice(0, MOST))); } catch { /* typed again next time */ }
    }
    this.close(shelf);
  }
}
customElements.define('store-prepare-dialog', PrepareDialog);
