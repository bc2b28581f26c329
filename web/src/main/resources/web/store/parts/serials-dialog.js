/** Which pieces leave: the serial numbers on what is handed over, typed, chosen or scanned into the fields. */
import {html, nothing} from 'lit';
import {FiloDialog} from 'filo/dialog.js';
import {icon} from 'filo/icons.js';
import {t} from 'filo/i18n.js';

/**
 * Resolves with as many numbers as pieces; undefined when it was closed. Properties: `goods`, what it is; `pieces`, how
 * many; `there`, the numbers in this store as far as they are known; `numbers` and `problem`, of the try before.
 */
export class SerialsDialog extends FiloDialog {
  static properties = {problem: {attribute: false}};

  heading() { return t('serials.title'); }

  body() {
    const fields = Array.from({length: this.pieces}, (_, n) => n);
    return html`<form id="serials-form" class="stack" @submit=${this.#done}><p>${t('serials.text', {count: this.pieces, title: this.goods})}</p>
      ${fields.map((n) => html`<div class="field"><label for="serial-${n}">${t('serials.number', {n: n + 1})}</label>
        <input class="input code" id="serial-${n}" list="serials-there" maxlength="64" autocomplete="off" autocapitalize="off" spellcheck="false" enterkeyhint=${n + 1 < this.pieces ? 'next' : 'done'} aria-describedby=${this.problem ? 'serials-problem' : nothing} .value=${this.numbers?.[n] ?? ''} @keydown=${(event) => this.#enter(event, n)}></div>`)}
      <datalist id="serials-there">${(this.there ?? []).map((each) => html`<option value=${each}></option>`)}</datalist>
      ${this.problem ? html`<p class="problem" id="serials-problem" role="alert">${this.problem}</p>` : nothing}</form>`;
  }

  footer() { return html`<button class="button primary wide big" type="submit" form="serials-form">${icon('hand')} ${t('handover.go')}</button>`; }

  async open() {
    const closed = super.open();
    await this.updateComplete;
    this.querySelector('#serial-0').focus();
    return closed;
  }

  /** A scanner ends each number with Enter: the next field is next. */
  #enter(event, n) {
    const next = this.querySelector(`#serial-${n + 1}`);
    if (event.key !== 'Enter' || !next) return;
    event.preventDefault();
    next.focus();
  }

  #done = (event) => {
    event.preventDefault();
    const fields = [...this.querySelectorAll('input')];
    const numbers = fields.map((each) => each.value.trim());
    const wrong = numbers.findIndex((each, n) => !each || numbers.indexOf(each) !== n);
    if (wrong < 0) {
      this.close(numbers);
      return;
    }
    this.problem = t(numbers[wrong] ? 'serials.twice' : 'serials.missing');
    fields[wrong].focus();
  };
}
customElements.define('store-serials-dialog', SerialsDialog);
