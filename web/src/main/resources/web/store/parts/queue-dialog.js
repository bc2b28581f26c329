/** What was refused and has to be dealt with, what waits to be sent, and what was sent lately. */
import {html, nothing} from 'lit';
import {confirm, FiloDialog} from 'filo/dialog.js';
import * as format from 'filo/format.js';
import {icon} from 'filo/icons.js';
import {t} from 'filo/i18n.js';
import {toast} from 'filo/ui.js';
import {net} from '../net.js';
import {queue} from '../queue.js';

export class QueueDialog extends FiloDialog {
  constructor() {
    super();
    this.listen(queue, 'change');
    this.listen(net, 'change');
  }

  heading() { return t('queue.title'); }

  body() {
    const {refused, waiting} = queue;
    const sent = queue.acts.filter((each) => each.state === 'done').reverse();
    if (!queue.acts.length) return html`<p class="muted">${t('queue.empty')}</p>`;
    return html`${refused.length ? html`<section><h3 class="queue-title">${t('queue.refused')}</h3><ul class="queue">${refused.map((act) => this.#refused(act))}</ul></section>` : nothing}
      ${waiting.length ? html`<section><h3 class="queue-title">${t('queue.waiting')}</h3><ol class="queue">${waiting.map((act) => this.#waiting(act))}</ol></section>` : refused.length ? nothing : html`<p class="muted">${t('queue.empty')}</p>`}
      ${sent.length ? html`<section><h3 class="queue-title">${t('queue.sentLately')}</h3><ul class="queue sent">${sent.map((act) => html`<li class="queue-row">${icon('check')}<span class="grow">${act.words}<br><span class="muted small">${this.#when(act)} · ${t('queue.sentAt', {time: format.timeOrDay(new Date(act.answeredAt))})}</span></span></li>`)}</ul></section>` : nothing}`;
  }

  #when(act) { return t('queue.doneAt', {time: format.timeOrDay(new Date(act.at)), who: act.byName ?? ''}); }

  #refused(act) {
    return html`<li class="queue-row refused">${icon('warning')}<span class="grow"><strong>${act.words}</strong><br><span class="problem">${act.problem}</span><br><span class="muted small">${this.#when(act)}</span>
      <span class="cluster queue-actions"><button class="button" @click=${() => queue.again(act.seq)}>${icon('refresh')} ${t('queue.again')}</button><button class="button" @click=${() => queue.dismiss(act.seq)}>${icon('check')} ${t('queue.dismiss')}</button></span></span></li>`;
  }

  #waiting(act) {
    const mine = queue.mine(act);
    return html`<li class="queue-row">${icon('clock')}<span class="grow">${act.words}<br><span class="muted small">${this.#when(act)} · ${mine ? t(act.tried ? 'queue.state.tried' : 'queue.state.waiting') : t('queue.state.other', {who: act.byName ?? ''})}</span></span>
      ${mine ? nothing : html`<button class="button" @click=${() => queue.again(act.seq)}>${t('queue.asMe')}</button>`}
      ${act.tried ? nothing : html`<button class="button square" aria-label=${t('queue.withdraw', {what: act.words})} @click=${() => this.#withdraw(act)}>${icon('undo')}</button>`}</li>`;
  }

  async #withdraw(act) {
    if (!(await confirm({title: t('queue.withdrawTitle'), text: act.words, yes: t('queue.withdrawYes')}))) return;
    if (!(await queue.withdraw(act.seq))) toast(t('queue.tooLate'), {image: 'warning'});
  }

  footer() {
    return html`${queue.count ? html`<button class="button" @click=${() => queue.send()}>${icon('refresh')} ${t('queue.send')}</button>` : nothing}<button class="button primary" @click=${() => this.close()}>${t('action.close')}</button>`;
  }
}
customElements.define('store-queue-dialog', QueueDialog);
