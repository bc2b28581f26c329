/** Proposing goods to a customer's cart, with a word of why; she decides. */
import {html, nothing} from 'lit';
import {ApiError, explain, newId} from 'filo/api.js';
import {FiloDialog, openDialog} from 'filo/dialog.js';
import {t} from 'filo/i18n.js';
import {price, toast} from 'filo/ui.js';
import {api} from '../state.js';

class ProposeDialog extends FiloDialog {
  static properties = {busy: {state: true}, problem: {state: true}};

  #key = newId();
  #operation = newId();

  heading() { return t('propose.title'); }

  body() {
    return html`<form id="propose-form" class="stack" @submit=${this.#propose}><p class="reserve-what"><strong>${this.goods.title}</strong>${price(this.goods.price)}</p>
      <div class="field short"><label for="propose-quantity">${t('reserve.quantity')}</label><select class="input" id="propose-quantity" name="quantity">${Array.from({length: 10}, (_, i) => html`<option value=${i + 1}>${i + 1}</option>`)}</select></div>
      <div class="field"><label for="propose-note">${t('propose.note')}</label><textarea class="input" id="propose-note" name="note" rows="3" maxlength="500" placeholder=${t('propose.notePlaceholder')}></textarea></div>
      ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing}</form>`;
  }

  footer() {
    return html`<button class="button" @click=${() => this.close()}>${t('action.cancel')}</button>
      <button class="button primary" type="submit" form="propose-form" aria-busy=${this.busy ?? false}>${t('propose.confirm')}</button>`;
  }

  #propose = async (event) => {
    event.preventDefault();
    if (this.busy) return;
    this.busy = true;
    this.problem = undefined;
    const {quantity, note} = event.target.elements;
    const operations = [{id: this.#operation, propose: {sku: this.goods.sku, quantity: Number(quantity.value), note: note.value.trim()}}];
    try {
      const cart = await api.post(`/v1/${this.customer}/cart:apply`, {operations}, {idempotencyKey: this.#key});
      toast(t('propose.done', {title: this.goods.title}), {image: 'check'});
      this.close(cart);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.kind === 'refused') {
        this.#key = newId();
        this.#operation = newId();
      }
      this.problem = explain(error);
    } finally {
      this.busy = false;
    }
  };
}
customElements.define('desk-propose-dialog', ProposeDialog);

/** Opens it; resolves with the cart, or undefined. */
export const propose = (what) => openDialog(new ProposeDialog(), what);
