/**
 * Dialogs on the native element: focus stays inside, Escape closes, focus goes back to where it was. Extend
 * FiloDialog with `heading()`, `body()` and `footer()`; open it with `openDialog(new MyDialog(), {…properties})`.
 */
import {html, nothing} from 'lit';
import {FiloElement} from './element.js';
import {icon} from './icons.js';
import {t} from './i18n.js';

let count = 0;

/** Base of all dialogs. */
export class FiloDialog extends FiloElement {
  #id = `dialog-${++count}`;
  #resolve;
  #value;

  /** The title. */
  heading() { return ''; }
  /** The content. */
  body() { return nothing; }
  /** The buttons; none: no footer. */
  footer() { return nothing; }

  render() {
    const footer = this.footer();
    return html`<dialog class="dialog ${this.kind ?? ''}" aria-labelledby=${this.#id} @close=${this.#closed} @click=${this.#outside}>
      <header><h2 id=${this.#id} tabindex="-1" autofocus>${this.heading()}</h2>
        <button class="button text square" aria-label=${t('action.close')} @click=${() => this.close()}>${icon('close')}</button></header>
      <div class="body">${this.body()}</div>
      ${footer === nothing ? nothing : html`<footer>${footer}</footer>`}
    </dialog>`;
  }

  get dialog() { return this.querySelector('dialog'); }

  /** Shows it; resolves with the value given to `close` when it is closed. */
  async open() {
    document.body.append(this);
    await this.updateComplete;
    this.dialog.showModal();
    return new Promise((resolve) => { this.#resolve = resolve; });
  }

  /** Closes it with a value. */
  close(value) {
    this.#value = value;
    this.dialog?.close();
  }

  #closed = () => {
    this.remove();
    this.#resolve?.(this.#value);
  };

  #outside = (event) => {
    if (event.target !== this.dialog) return;
    const box = this.dialog.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside && event.detail > 0) this.close();
  };
}

/** Opens a dialog with properties set. */
export function openDialog(dialog, properties = {}) {
  Object.assign(dialog, properties);
  return dialog.open();
}

/** A question with two answers; resolves true for the first. */
class ConfirmDialog extends FiloDialog {
  heading() { return this.title_; }
  body() { return html`<p>${this.text}</p>`; }
  footer() {
    return html`<button class="button" @click=${() => this.close(false)}>${this.no ?? t('action.cancel')}</button>
      <button class="button ${this.danger ? 'danger' : 'primary'}" @click=${() => this.close(true)}>${this.yes}</button>`;
  }
}
customElements.define('filo-confirm', ConfirmDialog);

/** Asks {title, text, yes, no?, danger?}; true when the answer is yes. */
export async function confirm({title, ...rest}) {
  return (await openDialog(new ConfirmDialog(), {title_: title, ...rest})) === true;
}
