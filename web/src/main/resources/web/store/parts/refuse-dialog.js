/** Why the store cannot keep it: four reasons, and words of one's own. */
import {html, nothing} from 'lit';
import {FiloDialog} from 'filo/dialog.js';
import {t} from 'filo/i18n.js';
import {lineText} from 'filo/staff/staff.js';

const REASONS = ['missing', 'damaged', 'display', 'other'];

export class RefuseDialog extends FiloDialog {
  static properties = {reason: {state: true}, words: {state: true}};

  heading() { return t('refuse.title'); }

  body() {
    return html`<form id="refuse-form" class="stack" @submit=${this.#done}><p>${(this.reservation.lines ?? []).map(lineText).join(', ')}</p>
      <fieldset class="stack-8"><legend class="visually-hidden">${t('refuse.title')}</legend>${REASONS.map((each) => html`<label class="choice boxed"><input type="radio" name="reason" required .checked=${this.reason === each} @change=${() => { this.reason = each; }}> <span>${t(`refuse.${each}`)}</span></label>`)}</fieldset>
      ${this.reason === 'other' ? html`<div class="field"><label for="refuse-words">${t('refuse.words')}</label><input class="input" id="refuse-words" maxlength="300" required @input=${(event) => { this.words = event.target.value; }}></div>` : nothing}
      <p class="muted small">${t('refuse.note')}</p></form>`;
  }

  footer() {
    return html`<button class="button" @click=${() => this.close()}>${t('action.cancel')}</button>
      <button class="button danger" type="submit" form="refuse-form" ?disabled=${!this.reason || (this.reason === 'other' && !this.words?.trim())}>${t('refuse.confirm')}</button>`;
  }

  #done = (event) => {
    event.preventDefault();
    this.close(this.reason === 'other' ? this.words.trim() : t(`refuse.text.${this.reason}`));
  };
}
customElements.define('store-refuse-dialog', RefuseDialog);
