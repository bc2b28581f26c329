/** What is set aside for her: the open ones first, live, readable without a network. */
import {html, nothing} from 'lit';
import {repeat} from 'lit/directives/repeat.js';
import {FiloElement, Load} from 'filo/element.js';
import * as format from 'filo/format.js';
import {icon} from 'filo/icons.js';
import {t} from 'filo/i18n.js';
import {emptyBlock, glow, idOf, picture, plain, shown} from 'filo/ui.js';
import {allStores, api, live, session} from '../state.js';
import {keepReservations, keptReservations} from '../reservation-cache.js';
import {OPEN, stateTag} from '../parts/reservation-state.js';
import {hasOpenOffer} from '../parts/offer-card.js';
import {waitlist} from '../waitlist-store.js';
import '../parts/waitlist-entry.js';

export const RESERVATIONS_TOPIC = 'customers/me/reservations';

class Reservations extends FiloElement {
  constructor() {
    super();
    this.stores = new Map();
    this.listen(waitlist, 'change');
    this.list = new Load(this, async (signal) => {
      const {reservations = []} = await api.get('/v1/reservations', {query: {pageSize: 50}, signal});
      keepReservations(reservations);
      return reservations;
    });
    const kept = keptReservations();
    if (kept.reservations.length) this.list.set(kept.reservations, kept.at);
    if (session.known) this.#read();
    else this.list.set([]);
    this.whileConnected(() => session.known ? live.subscribe([RESERVATIONS_TOPIC], ({kind, data}) => {
      if (kind === 'reset') return void this.list.run();
      if (kind === 'reservation' && data.reservation) this.#changed(data.reservation);
    }) : () => {});
  }

  title_() { return t('reservations.title'); }
  settled() { return this.list.data ? Promise.resolve() : this.list.done; }

  #read() {
    this.list.run();
    allStores().then((stores) => { this.stores = stores; this.requestUpdate(); }, () => { /* times are shown in her own zone then */ });
  }

  async #changed(reservation) {
    const before = this.list.data?.find((each) => each.name === reservation.name);
    if (before && before.etag === reservation.etag && plain(before.state) === plain(reservation.state)) return;
    // An event may come without the code; the one known stays.
    const merged = {...before, ...reservation, pickupCode: reservation.pickupCode || before?.pickupCode, qrSvg: reservation.qrSvg || before?.qrSvg};
    const next = [merged, ...(this.list.data ?? []).filter((each) => each.name !== reservation.name)].sort((a, b) => ((a.createTime ?? '') < (b.createTime ?? '') ? 1 : -1));
    const first = !this.list.at;
    this.list.set(next);
    keepReservations(next);
    await this.updateComplete;
    const row = this.querySelector(`[data-name="${CSS.escape(reservation.name)}"]`);
    if (row && !first && before) glow(row);
  }

  render() {
    return html`<h1 class="page-head">${t('reservations.title')}</h1><shop-waitlist-entries .stores=${this.stores}></shop-waitlist-entries>${shown(this.list, (all) => this.#lists(all), {skeleton: html`<div class="card"><p class="skeleton line"></p><p class="skeleton line short"></p></div>`})}`;
  }

  #lists(all) {
    if (!all.length) {
      return emptyBlock({image: 'ticket', title: t('reservations.empty'), text: t('reservations.emptyText'), action: html`<a class="button primary" href="/search?near=1">${t('reservations.look')}</a>
        ${session.known ? nothing : html`<a class="button" href="/account">${t('account.signIn')}</a>`}`});
    }
    // What waits for her answer is not over yet.
    const isOpen = (each) => OPEN.includes(plain(each.state)) || hasOpenOffer(each);
    const open = all.filter(isOpen);
    const over = all.filter((each) => !isOpen(each));
    const waits = waitlist.entries?.length > 0;
    const rows = (list) => html`<ul class="list reservation-list">${repeat(list, (each) => each.name, (each) => this.#row(each))}</ul>`;
    return html`${waits && open.length ? html`<h2 class="section-head">${t('reservations.kept')}</h2>` : nothing}${open.length ? rows(open) : html`<p class="muted">${t('reservations.noneOpen')}</p>`}
      ${over.length ? html`<section class="section"><h2>${t('reservations.over')}</h2>${rows(over)}</section>` : nothing}`;
  }

  #row(reservation) {
    const [line, ...others] = reservation.lines ?? [];
    const open = OPEN.includes(plain(reservation.state));
    const store = this.stores.get(reservation.store);
    return html`<li><a class="card reservation-row" data-name=${reservation.name} href="/reservations/${idOf(reservation.name)}">
      <span class="reservation-picture">${picture(line?.mediaUri ? {uri: line.mediaUri} : undefined, {decorative: true})}</span>
      <span class="grow reservation-text"><span>${stateTag(reservation)}</span>
        <span class="reservation-title">${(line?.quantity ?? 1) > 1 ? `${line.quantity} × ` : ''}${line?.title ?? line?.sku}${others.length ? ` ${t('reservations.more', {count: others.length})}` : ''}</span>
        <span class="muted small">${reservation.storeTitle || store?.title}</span>
        ${open && reservation.expireTime ? html`<span class="small">${icon('clock', {size: 'small'})} ${t('reservation.until', {until: format.dayTime(reservation.expireTime, store?.timeZone)})}</span>` : nothing}</span>
      ${open && reservation.pickupCode ? html`<span class="code reservation-code">${format.spaced(reservation.pickupCode)}</span>` : nothing}
      ${icon('right')}</a></li>`;
  }
}
customElements.define('shop-reservations', Reservations);
