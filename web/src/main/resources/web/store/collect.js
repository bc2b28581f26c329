/**
 * Handing over for a code: the call, and the full-screen yes or no. Without a network nobody can check a code, so it is
 * not possible, unless the reservation is known here as ready: then the clerk may answer for it.
 */
import {html, nothing} from 'lit';
import {confirm, FiloDialog, openDialog} from 'filo/dialog.js';
import {explain} from 'filo/api.js';
import * as format from 'filo/format.js';
import {icon} from 'filo/icons.js';
import {has, t} from 'filo/i18n.js';
import {picture, plain, price, toast} from 'filo/ui.js';
import {copyOf, keepCopy} from './db.js';
import {net} from './net.js';
import {left, pickList} from './pick-list.js';
import {findOne} from './goods.js';
import {allStores, api, here, now} from './state.js';
import {queue} from './queue.js';
import {ring} from './sound.js';

const AGAIN_MS = 4000;

class Outcome extends FiloDialog {
  static properties = {told: {attribute: false}};

  get kind() { return `full ${this.told.look}`; }

  heading() { return this.told.title; }

  body() {
    const {sign, who, text, notes = [], lines = [], rest = []} = this.told;
    return html`<div class="outcome"><div class="outcome-sign" aria-hidden="true">${icon(sign, {size: 'large'})}</div>
      ${who ? html`<p class="outcome-who">${who}</p>` : nothing}<p class="outcome-text" role="status">${text}</p>
      ${notes.map((note) => html`<p class="outcome-note">${icon('info')} <span>${note}</span></p>`)}
      ${lines.length ? html`<ul class="outcome-lines">${lines.map((line) => html`<li><span class="line-picture">${picture(line.mediaUri ? {uri: line.mediaUri} : undefined, {decorative: true})}</span>
        <span class="quantity">${line.count} ×</span><span class="grow">${line.title || line.sku}<br><span class="muted small">${line.sku} · ${price(line.unitPrice)}</span></span></li>`)}</ul>` : nothing}
      ${rest.length ? html`<p class="outcome-rest">${t('handover.rest', {what: format.list(rest.map((line) => `${left(line)} × ${line.title || line.sku}`))})}</p>` : nothing}</div>`;
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

/** Whether the clerk may answer for handing over this reservation without a network. */
export const canVouch = (reservation) => Boolean(reservation && plain(reservation.state) === 'PREPARED' && Date.parse(reservation.expireTime) > now());

/**
 * Hands over for a code and shows how it went; resolves when the answer has been read, with whether it is handed over.
 * @param {{reservation?: object, lines?: Array, releaseRest?: boolean}} what the reservation it was begun from; what of
 * it she takes, nothing: all
 */
export async function collect(text, {reservation, lines, releaseRest} = {}) {
  const code = codeIn(text);
  if (!code || busy) return false;
  // The same code twice in a moment is one scan too many, not another hand-over.
  if (code === last.code && Date.now() - last.at < AGAIN_MS) {
    toast(t('handover.justNow', {code: format.spaced(code)}), {kind: 'justNow'});
    return false;
  }
  busy = true;
  shown?.close();
  let told;
  let key;
  try {
    const away = net.away && !(await net.probe());
    if (away && !(await mayGo(code, reservation))) {
      told = await withoutNetwork(code);
    } else {
      // Without a network all lines are named, so that another one's code is refused and not handed over in her name.
      const named = lines ?? (away ? reservation.lines.filter((line) => left(line) > 0).map((line) => ({sku: line.sku, quantity: left(line)})) : undefined);
      const outcome = await handOver(away, {
        kind: 'collect', store: here.name, code, words: t('queue.collect', {code: format.spaced(code)}),
        ...(reservation ? {reservation: reservation.name} : {}), ...(named ? {lines: named} : {}), ...(releaseRest ? {releaseRest} : {}), ...(away ? {vouched: true} : {}),
      });
      key = outcome.state === 'waiting' && !away ? outcome.act.key : undefined;
      told = away ? {look: 'later', sign: 'offline', title: t('handover.vouched'), who: reservation.customerDisplayName || t('pick.noName'), text: t('handover.vouchedText')} : await tell(outcome, code);
    }
    // Of a part the same code brings the rest.
    last = {code: told.rest?.length ? '' : code, at: Date.now()};
  } finally {
    busy = false;
  }
  const dialog = new Outcome();
  shown = dialog;
  // The network went while the answer was on its way: it is asked again by itself, and the sign turns when it comes.
  const turn = async ({detail}) => {
    if (detail.act.key !== key) return;
    dialog.told = await tell(detail, code);
    ring(detail.state === 'done' ? 'yes' : 'no');
  };
  if (key) queue.addEventListener('answered', turn);
  const closed = openDialog(dialog, {told});
  ring(told.look === 'yes' ? 'yes' : 'no');
  await closed;
  queue.removeEventListener('answered', turn);
  last.at = Date.now();
  return dialog.told.look === 'yes' || Boolean(told.look === 'later');
}

/**
 * Hands over; while the answer is that pieces with serial numbers must be named, or that one is not here, they are asked
 * for. Without a network nobody can say so: then the stock takes the first there are.
 */
async function handOver(away, act) {
  if (away) return queue.add(act);
  const serials = new Map();
  for (;;) {
    const outcome = await queue.add({...act, serialsRequired: true, ...(serials.size ? {serials: [...serials].map(([sku, numbers]) => ({sku, serials: numbers}))} : {})});
    const {reason, metadata} = outcome.error ?? {};
    const missing = outcome.state === 'refused' && reason === 'SERIALS_INVALID' && Number(metadata?.pieces) > 0;
    const wrong = outcome.state === 'refused' && reason === 'SERIAL_NOT_FOUND' && serials.has(metadata?.sku);
    if (!missing && !wrong) return outcome;
    const {sku} = metadata;
    const before = serials.get(sku);
    const [{SerialsDialog}, level, goods] = await Promise.all([
      import('./parts/serials-dialog.js'),
      api.get(`/v1/stockLevels/${sku}@${here.name.split('/')[1]}`).catch(() => ({})),
      findOne(sku).catch(() => undefined),
    ]);
    const numbers = await openDialog(new SerialsDialog(), {
      goods: goods?.title ?? sku, pieces: wrong ? before.length : Number(metadata.pieces), there: level.serials ?? [],
      numbers: before, problem: wrong ? t('serials.unknown', {number: metadata.serial}) : undefined,
    });
    if (!numbers) return outcome;
    serials.set(sku, numbers);
  }
}

/** Without a network: only what is known here as ready, and only when the clerk has looked at a document. */
async function mayGo(code, reservation) {
  if (!canVouch(reservation) || (await copyOf(`handed:${code}`))) return false;
  return confirm({
    title: t('handover.vouchTitle'), text: t('handover.vouchText', {who: reservation.customerDisplayName || t('pick.noName')}),
    yes: t('handover.vouchYes'), no: t('handover.vouchNo'),
  });
}

async function withoutNetwork(code) {
  const handed = await copyOf(`handed:${code}`);
  const base = {look: 'no', sign: 'offline', title: t('handover.no'), who: format.spaced(code)};
  if (handed) return {...base, sign: 'warning', text: t('handover.already', {when: format.dayTime(new Date(handed.at), here.about?.timeZone)})};
  return {...base, title: t('handover.notNow'), text: t('handover.notNowText')};
}

async function tell({state, act, answer, error}, code) {
  const zone = here.about?.timeZone;
  const no = {look: 'no', sign: 'warning', title: t('handover.no'), who: format.spaced(code)};
  if (state === 'done') {
    const asked = new Map((act.lines ?? []).map((line) => [line.sku, line.quantity]));
    const before = pickList.get(answer.name)?.lines;
    const lines = (answer.lines ?? []).map((line) => ({...line, count: act.lines ? asked.get(line.sku) ?? 0 : (line.quantity ?? 1) - (before?.find((each) => each.sku === line.sku)?.collectedQuantity ?? 0)}));
    const rest = plain(answer.state) === 'COLLECTED' ? [] : (answer.lines ?? []).filter((line) => left(line) > 0);
    if (!rest.length) keepCopy(`handed:${code}`, {name: answer.name});
    return {
      look: 'yes', sign: 'done', title: t('handover.yes'), who: answer.customerDisplayName || t('pick.noName'),
      text: t(rest.length ? 'handover.partAt' : 'handover.at', {time: format.timeOrDay(answer.collectTime ?? answer.updateTime ?? new Date(), zone)}),
      notes: [answer.identityCheck ? t('handover.identity') : null, answer.shelf ? t('handover.standsAt', {shelf: answer.shelf}) : null].filter(Boolean),
      lines: lines.filter((line) => line.count > 0), rest,
    };
  }
  if (state === 'waiting') return {look: 'later', sign: 'clock', title: t('handover.unsure'), who: format.spaced(code), text: t('handover.unsureText')};
  const {reason, metadata} = error;
  let text = explain(error);
  if (reason === 'ALREADY_COLLECTED' && metadata.collectTime) text = t('handover.already', {when: format.dayTime(metadata.collectTime, zone)});
  if (reason === 'WRONG_STORE' && metadata.store) {
    const store = (await allStores().catch(() => new Map())).get(metadata.store);
    text = t('handover.otherStore', {store: store ? [store.title, store.address].filter(Boolean).join(', ') : metadata.storeTitle || metadata.store.split('/')[1]});
  }
  if (reason === 'RESERVATION_OVER' && has(`handover.over.${metadata.state}`)) text = t(`handover.over.${metadata.state}`);
  if (reason === 'SERIALS_INVALID') text = t('handover.unnamed');
  if (reason === 'SERIAL_NOT_FOUND') text = t('serials.unknown', {number: metadata.serial});
  if (reason === 'PICKUP_CODE_UNKNOWN') text = t('handover.unknown', {code: format.spaced(code)});
  return {...no, text};
}
