/** Handing over: the customer's code, typed, scanned by a scanner that types, or read by the camera. */
import {html, nothing} from 'lit';
import {openDialog} from 'filo/dialog.js';
import {FiloElement} from 'filo/element.js';
import {icon} from 'filo/icons.js';
import {t} from 'filo/i18n.js';
import {CameraDialog, canScan} from '../parts/camera-dialog.js';
import {codeIn, collect} from '../collect.js';

class Handover extends FiloElement {
  static properties = {camera: {state: true}, busy: {state: true}, problem: {state: true}};

  constructor() {
    super();
    canScan().then((can) => { this.camera = can; });
  }

  get field() { return this.querySelector('input'); }

  firstUpdated() { if (matchMedia('(pointer: fine)').matches) setTimeout(() => this.field?.focus()); }

  render() {
    return html`<div class="handover"><h1>${t('handover.title')}</h1><p class="muted">${t('handover.text')}</p>
      <form class="stack" @submit=${this.#submit}>
        <div class="field"><label for="pickup-code">${t('handover.code')}</label>
          <input class="input code pickup-code" id="pickup-code" autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="64" enterkeyhint="go" aria-invalid=${this.problem ? 'true' : nothing} aria-describedby=${this.problem ? 'pickup-problem' : nothing}></div>
        ${this.problem ? html`<p class="problem" id="pickup-problem" role="alert">${this.problem}</p>` : nothing}
        <button class="button primary wide big" type="submit" aria-busy=${this.busy ?? false}>${icon('hand')} ${t('handover.go')}</button>
        ${this.camera ? html`<button class="button wide big" type="button" @click=${this.#scan}>${icon('scan')} ${t('handover.camera')}</button>` : nothing}
      </form>
      <p class="note">${icon('scan')}<span>${t('handover.scanner')}</span></p></div>`;
  }

  #submit = async (event) => {
    event.preventDefault();
    if (this.busy) return;
    if (codeIn(this.field.value).length < 4) {
      this.problem = t('handover.codeShort');
      this.field.focus();
      return;
    }
    await this.#collect(this.field.value);
  };

  #scan = async () => {
    const code = await openDialog(new CameraDialog());
    if (code) await this.#collect(code);
  };

  async #collect(code) {
    this.busy = true;
    this.problem = undefined;
    try {
      await collect(code);
    } finally {
      this.busy = false;
    }
    this.field.value = '';
    this.field.focus();
  }
}
customElements.define('store-handover', Handover);
