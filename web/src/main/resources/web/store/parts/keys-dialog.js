/** The keys there are. */
import {html} from 'lit';
import {FiloDialog} from 'filo/dialog.js';
import {t} from 'filo/i18n.js';

const ROWS = [['j k', 'move'], ['v', 'acknowledge'], ['p', 'prepare'], ['x', 'refuse'], ['c', 'handOver'], ['n', 'fresh'], ['1–5', 'pages'], ['/', 'search'], ['s', 'camera'], ['+ -', 'oneMore'], ['q', 'queue'], ['m', 'mute'], ['?', 'sheet'], ['Esc', 'close']];

export class KeysDialog extends FiloDialog {
  heading() { return t('keys.title'); }
  body() {
    return html`<dl class="keys">${ROWS.map(([keys, what]) => html`<div><dt>${keys.split(' ').map((key) => html`<kbd>${key}</kbd> `)}</dt><dd>${t(`keys.${what}`)}</dd></div>`)}</dl>
      <p class="muted small">${t('keys.note')}</p>`;
  }
  footer() { return html`<button class="button primary" @click=${() => this.close()}>${t('action.close')}</button>`; }
}
customElements.define('store-keys-dialog', KeysDialog);
