/** Why the store cannot keep it: the cause corrects the stock; of several lines, which it is about. */
import {html, nothing} from 'lit';
import {FiloDialog} from 'filo/dialog.js';
import {t} from 'filo/i18n.js';
import {lineText} from 'filo/staff/staff.js';
import {left} from '../pick-list.js';

const CAUSES = ['NOT_FOUND', 'DAMAGED', 'DISPLAY_ONLY', 'OTHER'];

/** Resolves with {cause, reason, lines}; undefined when it was closed. */
export class RefuseDialog extends FiloDialog {
  static properties = {cause: {state: true}, words: {state: true}, about: {state: true}};

  heading() { return t('refuse.title'); }

  get lines() { return (this.reservation.lines ?? []).filter((line) => left(line) > 0); }

  get ready() { return this.cause && (this.cause !== 'OTHER' || this.words?.trim()) && (this.lines.length < 2 || this.cause === 'OTHER' || this.about?.size); }

  body() {
    const several = this.lines.length > 1 && this.cause && this.cause !== 'OTHER';
    return html`<form id="refuse-form" class="stack" @submit=${this.#done}><p>${this.lines.map(lineText).join(', ')}</p>
      <fieldset class="stack-8"><legend class="visually-hidden">${t('refuse.title')}</legend>${CAUSES.map((each) => html`<label class="choice boxed"><input type="radio" name="cause" value=${each} required .checked=${this.cause === each} @change=${() => { this.cause = each; }}> <span>${t(`refuse.${each}`)}</span></label>`)}</fieldset>
      ${several ? html`<fieldset class="stack-8"><legend class="label">${t('refuse.which')}</legend>${this.lines.map((line) => html`<label class="choice boxed"><input type="checkbox" .checked=${this.about?.has(line.sku) ?? false} @change=${(event) => this.#choose(line.sku, event.target.checked)}> <span>${lineText(line)}</span></label>`)}</fieldset>` : nothing}
      ${this.cause === 'OTHER' ? html`<div class="field"><label for="refuse-words">${t('refuse.words')}</label><input class="input" id="refuse-words" maxlength="300" required @input=${(event) => { this.words = event.target.value; }}></div>` : nothing}
      <p class="muted small">${this.cause ? t(`refuse.effect.${this.cause}`) : nothing} ${t('refuse.note')}</p></form>`;
  }

  footer() {
    return html`<button class="button" @click=${() => this.close()}>${t('action.cancel')}</button>
      <button class="button danger" type="submit" form="refuse-form" ?disabled=${!this.ready}>${t('refuse.confirm')}</button>`;
  }

  #choose(sku, on) {
    const about = new Set(this.about);
    if (on) about.add(sku);
    else about.delete(sku);
    this.about = about;
  }

  #done = (event) => {
    event.preventDefault();
    if (!this.ready) return;
    const {cause, lines} = this;
    const some = cause !== 'OTHER' && lines.length > 1 && this.about.size < lines.length;
    this.close({
      cause, reason: cause === 'OTHER' ? this.words.trim() : t(`refuse.text.${cause}`),
      ...(some ? {lines: lines.filter((line) => this.about.has(line.sku)).map((line) => ({sku: line.sku, quantity: left(line)}))} : {}),
    });
  };
}
customElements.define('store-refuse-dialog', RefuseDialog);
