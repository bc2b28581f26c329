/** Handing over for a code: the call, and the full-screen yes or no. */
import {html, nothing} from 'lit';
import {FiloDialog, openDialog} from 'filo/dialog.js';
import {explain} from 'filo/api.js';
import * as format from 'filo/format.js';
import {icon} from 'filo/icons.js';
import {has, t} from 'filo/i18n.js';
import {picture, price} from 'filo/ui.js';
import {allStores, here} from './state.js';
import {queue} from './queue.js';
import {ring} from './sound.js';

const AGAIN_MS = 4000;

class Outcome extends FiloDialog {
  heading() { return this.title_; }

  body() {
    const lines = this.reservation?.lines ?? [];
    return html`<div class="outcome"><div class="outcome-sign" aria-hidden="true">${icon(this.sign, {size: 'large'})}</div>
      ${this.who ? html`<p class="outcome-who">${this.who}</p>` : nothing}<p class="outcome-text">${this.text}</p>
      ${lines.length ? html`<ul class="outcome-lines">${lines.map((line) => html`<li><span class="line-picture">${picture(line.mediaUri ? {uri: line.mediaUri} : undefined, {decorative: true})}</span>
        <span class="quantity">${line.quantity ?? 1} ×</span><span class="grow">${line.title || line.sku}<br><span class="muted small">${line.sku} · ${price(line.unitPrice)}</span></span></li>`)}</ul>` : nothing}</div>`;
  }

  footer() { return html`<button class="button primary wide outcome-next" @click=${() => this.close()}>${t('handover.next')}</button>`; }

  async open() {
    const closed = super.open();
    this.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter') return;
      event.preventDefault();
      this.close();
    });
    return closed;
  }
}
customElements.define('store-outcome', Outcome);

let last = {code: '', at: 0};
let busy = false;
let shown;

/** The code in what was typed or scanned: a scan may bring an address around it. */
export const codeIn = (text) => text.trim().split(/[/:?=#]/).pop().replace(/[\s-]/g, '').toUpperCase();

/** Hands over for a code and shows how it went; resolves when the answer has been read. */
export async function collect(text) {
  const code = codeIn(text);
  // The same code twice in a moment is one scan too many, not another hand-over.
  if (!code || busy || (code === last.code && Date.now() - last.at < AGAIN_MS)) return;
  busy = true;
  shown?.close();
  let outcome;
  try {
    outcome = await queue.add({kind: 'collect', store: here.name, code, words: t('queue.collect', {code: format.spaced(code)})});
    last = {code, at: Date.now()};
  } finally {
    busy = false;
  }
  shown = new Outcome();
  const closed = openDialog(shown, await told(outcome, code));
  ring(outcome.state === 'done' ? 'yes' : 'no');
  await closed;
  last.at = Date.now();
}

async function told({state, answer, error}, code) {
  const zone = here.about?.timeZone;
  if (state === 'done') {
    return {kind: 'full yes', sign: 'done', title_: t('handover.yes'), who: answer.customerDisplayName || t('pick.noName'), reservation: answer,
      text: t('handover.at', {time: format.timeOrDay(answer.collectTime ?? new Date(), zone)})};
  }
  if (state === 'waiting') return {kind: 'full later', sign: 'offline', title_: t('handover.later'), who: format.spaced(code), text: t('handover.laterText')};
  const {reason, metadata} = error;
  let detail = explain(error);
  if (reason === 'ALREADY_COLLECTED' && metadata.collectTime) detail = t('handover.already', {when: format.dayTime(metadata.collectTime, zone)});
  if (reason === 'WRONG_STORE' && metadata.store) {
    const store = (await allStores().catch(() => new Map())).get(metadata.store);
    detail = t('handover.otherStore', {store: store ? [store.title, store.address].filter(Boolean).join(', ') : metadata.store.split('/')[1]});
  }
  if (reason === 'RESERVATION_OVER' && has(`handover.over.${metadata.state}`)) detail = t(`handover.over.${metadata.state}`);
  if (reason === 'PICKUP_CODE_UNKNOWN') detail = t('handover.unknown', {code: format.spaced(code)});
  return {kind: 'full no', sign: 'warning', title_: t('handover.no'), who: format.spaced(code), text: detail};
}
