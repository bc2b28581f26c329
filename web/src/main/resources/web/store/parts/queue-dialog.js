/** What waits to be sent, and what was refused when it was. */
import {html, nothing} from 'lit';
import {FiloDialog} from 'filo/dialog.js';
import * as format from 'filo/format.js';
import {icon} from 'filo/icons.js';
import {t} from 'filo/i18n.js';
import {queue} from '../queue.js';

export class QueueDialog extends FiloDialog {
  constructor() {
    super();
    this.listen(queue, 'change');
  }

  heading() { return t('queue.title'); }

  body() {
    return queue.acts.length ? html`<ol class="queue">${queue.acts.map((act) => html`<li class="queue-row">${icon(act.state === 'refused' ? 'warning' : 'clock')}
      <span class="grow">${act.words}<br><span class="muted small">${format.timeOrDay(new Date(act.at))} · ${act.state === 'refused' ? act.problem : t('queue.state.waiting')}</span></span>
      ${act.state === 'refused' ? html`<button class="button" @click=${() => queue.dismiss(act.seq)}>${t('queue.dismiss')}</button>` : nothing}</li>`)}</ol>` : html`<p class="muted">${t('queue.empty')}</p>`;
  }

  footer() {
    return html`${queue.count ? html`<button class="button" @click=${() => queue.send()}>${icon('refresh')} ${t('queue.send')}</button>` : nothing}<button class="button primary" @click=${() => this.close()}>${t('action.close')}</button>`;
  }
}
customElements.define('store-queue-dialog', QueueDialog);
