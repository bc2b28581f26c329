/** The keys there are. */
import {html} from 'lit';
import {FiloDialog} from 'filo/dialog.js';
import {t} from 'filo/i18n.js';

const ROWS = [['j', 'next'], ['k', 'previous'], ['r', 'reply'], ['e', 'resolve'], ['Ctrl K', 'find'], ['Ctrl Enter', 'send'], ['Ctrl Shift Enter', 'sendResolve'], ['?', 'sheet']];

export class KeysDialog extends FiloDialog {
  heading() { return t('keys.title'); }
  body() {
    return html`<dl class="keys">${ROWS.map(([keys, what]) => html`<div><dt>${keys.split(' ').map((key) => html`<kbd>${key}</kbd> `)}</dt><dd>${t(`keys.${what}`)}</dd></div>`)}</dl>
      <p class="muted small">${t('keys.note')}</p>`;
  }
}
customElements.define('desk-keys-dialog', KeysDialog);
