/** Everything to know about a customer before answering: who she is, cart, stock near her, reservations, what happened. */
import {html, nothing} from 'lit';
import {repeat} from 'lit/directives/repeat.js';
import {newId} from 'filo/api.js';
import {confirm, openDialog} from 'filo/dialog.js';
import {FiloElement, Load} from 'filo/element.js';
import * as format from 'filo/format.js';
import {icon} from 'filo/icons.js';
import {has, t} from 'filo/i18n.js';
import {deviceKind} from 'filo/session.js';
import {announce, asOf, complain, copy, glow, picture, plain, price, shown, stockBadge, toast} from 'filo/ui.js';
import {explainedStock, far, KEPT, lineText, stateTag} from 'filo/staff/staff.js';
import 'filo/staff/goods-search.js';
import {allStores, api, zoneOf} from '../state.js';
import {reserve} from './reserve-dialog.js';
import {ExtendDialog} from './extend-dialog.js';
import {choosePlace} from './place-dialog.js';
import {propose} from './propose-dialog.js';
import {identifierRow, typeWord} from './identifiers.js';

const NEAR = 3;
const CHANNEL_ICONS = {web: 'pc', app: 'phone', chat: 'chat', desk: 'agent', store: 'store', till: 'store', system: 'settings', insight: 'settings'};
const HAPPENED_ICONS = {reservation_held: 'ticket', reservation_prepared: 'box', reservation_collected: 'done', reservation_cancelled: 'close', reservation_expired: 'clock', reservation_refused: 'warning', message: 'chat', search: 'search'};

/** The stores near for one SKU, each with its number, why it is that number, and Reserve. */
class StockNear extends FiloElement {
  static properties = {answer: {attribute: false}, goods: {attribute: false}, customer: {attribute: false}, all: {state: true}};

  render() {
    const locations = this.answer?.locations ?? [];
    if (!this.answer) return html`<p class="near-none">${stockBadge({unknown: true}, t('panel.stockUnreachable'))}</p>`;
    if (!locations.length) return html`<p class="muted small near-none">${t('panel.noStores')}</p>`;
    // The nearest come first; one that has the goods is not hidden behind ones that have none.
    const first = locations.slice(0, NEAR);
    const better = first.some((each) => each.available > 0) ? undefined : locations.slice(NEAR).find((each) => each.available > 0);
    const listed = this.all ? locations : better ? [...first.slice(0, NEAR - 1), better] : first;
    return html`<ul class="near">${repeat(listed, (each) => each.store, (each) => html`<li class="near-row"><span class="grow near-text"><span class="near-store">${each.title ?? each.store} ${far(each)}</span>${explainedStock(each)}</span>
        <button class="button" ?disabled=${!each.available || !each.pickupReadyTime} aria-label=${t('panel.reserveAt', {store: each.title ?? each.store, title: this.goods.title})} @click=${() => this.#reserve(each)}>${t('panel.reserve')}</button></li>`)}</ul>
      <p class="near-foot">${asOf(this.answer.asOfTime)}${locations.length > listed.length || this.all ? html`<button class="link small" aria-expanded=${this.all ?? false} @click=${() => { this.all = !this.all; }}>${this.all ? t('panel.fewer') : t('panel.moreStores', {count: locations.length - listed.length})}</button>` : nothing}</p>`;
  }

  async #reserve(location) {
    const made = await reserve({customer: this.customer, goods: this.goods, location, locations: this.answer.locations});
    // The pieces are hers now: whoever showed how many there are looks again.
    if (made) this.dispatchEvent(new CustomEvent('reserved', {bubbles: true}));
  }
}
customElements.define('desk-stock-near', StockNear);

/** The stock of goods that are not in the cart, read when asked for. */
class StockOf extends FiloElement {
  static properties = {goods: {attribute: false}, customer: {attribute: false}, place: {attribute: false}};

  constructor() {
    super();
    this.near = new Load(this, (signal) => api.get('/v1/availability:nearby', {query: {sku: this.goods.sku, ...this.place, radiusMeters: this.place ? 200_000 : undefined, pageSize: 30}, signal}));
  }

  willUpdate(changed) { if (changed.has('goods') && this.asked !== this.goods.sku) { this.asked = this.goods.sku; this.near.run(); } }

  render() {
    return shown(this.near, (answer) => html`<desk-stock-near .answer=${answer} .goods=${this.goods} .customer=${this.customer} @reserved=${() => this.near.run()}></desk-stock-near>`, {skeleton: html`<span class="skeleton near-skeleton"></span>`});
  }
}
customElements.define('desk-stock-of', StockOf);

class CustomerPanel extends FiloElement {
  static properties = {name: {}, context: {attribute: false}, conversation: {attribute: false}, refresh: {attribute: false}, open: {state: true}, everything: {state: true}};
  #answering = new Set();
  // Quantities on their way, by line: the next click goes on from there.
  #wanted = new Map();
  #keys = new Map();

  willUpdate(changed) {
    if (!changed.has('name')) return;
    this.open = undefined;
    this.everything = false;
    this.querySelector('filo-goods-search')?.look('');
  }

  /** Looks goods up. */
  lookUp(words) {
    const search = this.querySelector('filo-goods-search');
    search?.look(words);
    search?.scrollIntoView({block: 'start'});
    search?.input?.focus();
  }

  /** Shows a reservation, and lights it up. */
  async pointOut(name) {
    await this.updateComplete;
    const row = this.querySelector(`.kept-row[data-name="${CSS.escape(name)}"]`);
    if (!row) return;
    const over = row.closest('details');
    if (over) over.open = true;
    // The panel scrolls, never the page around it.
    const panel = this.closest('.panel');
    panel.scrollTop += row.getBoundingClientRect().top - panel.getBoundingClientRect().top - (panel.clientHeight - row.offsetHeight) / 2;
    glow(row);
  }

  render() {
    return shown(this.context, (context) => this.#all(context), {skeleton: html`<div class="panel-wait"><span class="skeleton"></span><span class="skeleton tall"></span><span class="skeleton tall"></span></div>`});
  }

  #all(context) {
    const gone = new Set(context.unreachable ?? []);
    return html`${this.#who(context, gone)}${this.#cart(context, gone)}${this.#goods(context)}${this.#reservations(context, gone)}${this.#timeline(context, gone)}`;
  }

  #unreachable(part) {
    return html`<div class="note warn small" role="status">${icon('warning', {size: 'small'})}<span class="grow">${t('panel.unreachable', {part})}</span><button class="link" @click=${() => this.context.run()}>${t('action.retry')}</button></div>`;
  }

  // Who she is

  #who({customer}, gone) {
    if (!customer) return gone.has('customer') ? html`<section class="panel-part">${this.#unreachable(t('panel.who'))}</section>` : nothing;
    const name = [customer.givenName, customer.familyName].filter(Boolean).join(' ');
    return html`<section class="panel-part who"><span class="face big" aria-hidden="true">${name ? name.charAt(0).toUpperCase() : icon('person')}</span>
      <div class="grow"><h2>${name || t('desk.guest')}</h2>
        <p class="cluster">${customer.guest ? html`<span class="tag">${t('desk.guest')}</span>` : html`<span class="tag accent">${t('desk.customer')}</span>`}</p>
        <ul class="facts">${(customer.identifiers ?? []).map(identifierRow)}
          <li>${icon('pin', {size: 'small'})} <span class="grow">${customer.place?.title || html`<span class="muted">${t('panel.noPlace')}</span>`}</span><button class="link small" @click=${() => this.#place(customer)}>${customer.place ? t('panel.changePlace') : t('panel.choosePlace')}</button></li></ul>
        ${(customer.merged ?? []).length ? this.#merged(customer) : nothing}
        <p><button class="link small" @click=${() => this.#privacy(customer)}>${t('privacy.open')}</button></p></div></section>`;
  }

  /** Who turned out to be her; each can be taken out again. */
  #merged(customer) {
    return html`<details class="over"><summary>${t('panel.merged', {count: customer.merged.length})}</summary><ul class="kept">${repeat(customer.merged, (each) => each.name, (each) => {
      const known = (each.identifiers ?? []).map((one) => one.value).join(', ') || t('desk.guest');
      return html`<li class="kept-row"><div class="spread"><span class="grow break">${known}</span><button class="button text" aria-label=${t('panel.unmergeWho', {who: known})} @click=${() => this.#unmerge(each, known)}>${t('panel.unmerge')}</button></div>
        <p class="muted small">${[plain(each.cause, 'TYPE_') !== 'UNSPECIFIED' && each.cause ? t('panel.mergedBy', {what: typeWord(each.cause)}) : t('panel.mergedByStaff'), each.mergeTime && format.dayTime(each.mergeTime)].filter(Boolean).join(' · ')}</p></li>`;
    })}</ul></details>`;
  }

  async #privacy(customer) {
    const {privacyOf} = await import('./privacy-dialog.js');
    if (await privacyOf(customer.name)) this.context.run();
  }

  async #unmerge(each, known) {
    if (!this.#keys.has(each.name + each.mergeTime)) this.#keys.set(each.name + each.mergeTime, newId());
    const yes = await confirm({title: t('panel.unmergeTitle'), text: t('panel.unmergeText', {who: known}), yes: t('panel.unmerge'), danger: true});
    if (!yes) return;
    try {
      await api.post('/v1/customers:unmerge', {name: each.name}, {idempotencyKey: this.#keys.get(each.name + each.mergeTime)});
      toast(t('panel.unmerged'), {image: 'check'});
    } catch (error) {
      complain(error);
    }
    this.context.run();
  }

  async #place(customer) {
    const place = await choosePlace(customer.place?.title);
    if (!place) return;
    try {
      await api.patch(`/v1/${customer.name}`, {place: {...place, store: customer.place?.store ?? ''}}, {query: {updateMask: 'place'}});
      toast(t('panel.placeSaved', {place: place.title}), {image: 'check'});
      this.context.run();
    } catch (error) {
      complain(error);
    }
  }

  // Cart

  #cart({cart, stock, customer}, gone) {
    const lines = cart?.lines ?? [];
    const proposals = cart?.proposals ?? [];
    const bySku = new Map((stock ?? []).map((each) => [each.sku, each]));
    return html`<section class="panel-part" aria-labelledby="cart-title"><div class="spread"><h2 id="cart-title">${t('panel.cart')}</h2>${lines.length ? html`<span><span class="muted small">${t('panel.total')}</span> <strong>${price(cart.total)}</strong></span>` : nothing}</div>
      ${gone.has('cart') ? this.#unreachable(t('panel.cart')) : lines.length || proposals.length ? nothing : html`<p class="muted">${t('panel.cartEmpty')}</p>`}
      ${customer && !customer.place && lines.length ? html`<p class="muted small">${t('panel.placeHint')}</p>` : nothing}
      ${cart ? this.#grant(cart) : nothing}
      <ul class="cart-lines">${repeat(lines, (line) => line.id, (line) => html`<li class="cart-line"><div class="goods-head"><span class="goods-picture">${picture(line.mediaUri ? {uri: line.mediaUri} : undefined, {decorative: true})}</span>
          <span class="grow"><span class="goods-title">${lineText(line)}</span><span class="muted small origin">${this.#origin(line.origin)}</span>
          ${line.edited ? html`<span class="muted small origin">${icon('agent', {size: 'small'})} ${t('panel.editedBy', {name: line.edited.by})}</span>` : nothing}
          ${line.note ? html`<span class="small">«${line.note}»</span>` : nothing}</span>${price(line.unitPrice)}</div>
        ${cart.editGrant?.expireTime ? this.#editLine(line) : nothing}
        ${gone.has('stock') || bySku.has(line.sku) ? html`<desk-stock-near .answer=${bySku.get(line.sku)} .goods=${{sku: line.sku, title: line.title, price: line.unitPrice, quantity: line.quantity}} .customer=${this.name}></desk-stock-near>` : nothing}</li>`)}</ul>
      ${proposals.length ? html`<h3 class="panel-sub">${t('panel.proposals')}</h3><ul class="facts">${repeat(proposals, (each) => each.id, (each) => html`<li>${icon('star', {size: 'small'})} <span class="grow">${lineText(each)}${each.note ? html`<br><span class="muted small">${each.note}</span>` : nothing}</span>${price(each.unitPrice)}</li>`)}</ul>` : nothing}
      ${(cart?.savedLines ?? []).length ? html`<p class="muted small">${t('panel.saved', {count: cart.savedLines.length})}</p>` : nothing}</section>`;
  }

  /** Whether she lets agents change the cart; asked for, given and ended in sight of both. */
  #grant(cart) {
    const grant = cart.editGrant;
    if (grant?.expireTime) return html`<p class="note accent small grant">${icon('agent', {size: 'small'})}<span class="grow">${t('panel.editOpen', {until: format.time(grant.expireTime)})}</span><button class="link small" @click=${() => this.#edit({endEditing: {}})}>${t('panel.editEnd')}</button></p>`;
    if (grant?.askTime) return html`<p class="muted small">${t('panel.editAsked')}</p>`;
    return html`<p><button class="link small" @click=${() => this.#edit({askToEdit: {}}, {done: t('panel.editAsked')})}>${t('panel.editAsk')}</button></p>`;
  }

  /** A line as an agent may change it while she allows it. */
  #editLine(line) {
    const quantity = this.#wanted.get(line.id) ?? line.quantity;
    return html`<div class="cart-edit" role="group" aria-label=${t('panel.quantityOf', {title: line.title})}>
      <button class="button text square" aria-label=${t('panel.fewer1', {title: line.title})} ?disabled=${quantity <= 1} @click=${() => this.#setQuantity(line, quantity - 1)}>${icon('minus')}</button>
      <span class="num quantity" aria-live="off">${quantity}</span>
      <button class="button text square" aria-label=${t('panel.more1', {title: line.title})} ?disabled=${quantity >= 999} @click=${() => this.#setQuantity(line, quantity + 1)}>${icon('plus')}</button>
      <button class="link small" aria-label=${t('panel.takeOutOf', {title: line.title})} @click=${() => this.#takeOut(line)}>${t('panel.takeOut')}</button></div>`;
  }

  /** One change of a line after the other; what is clicked meanwhile is the next, all in one. */
  async #setQuantity(line, quantity) {
    const under = this.#wanted.has(line.id);
    this.#wanted.set(line.id, quantity);
    this.requestUpdate();
    if (under) return;
    const {name} = this;
    for (let seen = line.quantity, sent; sent !== this.#wanted.get(line.id); seen = sent) {
      sent = this.#wanted.get(line.id);
      const said = t('panel.nowQuantity', {title: line.title, count: sent});
      if (!await this.#edit({setQuantity: {line: line.id, quantity: sent, seenQuantity: seen}}, {name, said})) break;
    }
    this.#wanted.delete(line.id);
    this.requestUpdate();
  }

  async #takeOut(line) {
    const yes = await confirm({title: t('panel.takeOutTitle'), text: t('panel.takeOutText', {title: line.title}), yes: t('panel.takeOut'), danger: true});
    if (yes) await this.#edit({remove: {line: line.id}}, {done: t('panel.takenOut', {title: line.title})});
  }

  /** Changes a customer's cart; whether it was done. */
  async #edit(operation, {done, said, name = this.name} = {}) {
    const id = newId();
    try {
      this.#show(name, await api.post(`/v1/${name}/cart:apply`, {operations: [{id, ...operation}]}, {idempotencyKey: id}));
      if (done) toast(done, {image: 'check'});
      if (said) announce(said);
      return true;
    } catch (error) {
      complain(error);
      this.refresh();
      return false;
    }
  }

  /** Shows a customer's cart, unless another one's panel is open by now, or hers is being read. */
  #show(name, cart) {
    if (name === this.name && this.context.data) this.context.set({...this.context.data, cart});
  }

  #origin(origin) {
    if (!origin) return nothing;
    const kind = ['web', 'app'].includes(origin.channel) && origin.device ? deviceKind(origin.device) : '';
    const image = {phone: 'phone', tablet: 'tablet', pc: 'pc'}[kind] ?? CHANNEL_ICONS[origin.channel] ?? 'cart';
    const where = origin.by && origin.by !== 'customer' ? t('panel.addedBy', {name: origin.by}) : origin.device ? t('panel.addedOn', {device: origin.device}) : has(`happened.on.${origin.channel}`) ? t(`happened.on.${origin.channel}`) : '';
    return html`${icon(image, {size: 'small'})} ${[where, origin.time && format.timeOrDay(origin.time)].filter(Boolean).join(' · ')}`;
  }

  // Any other goods

  #goods({customer, cart}) {
    const open = Boolean(cart?.editGrant?.expireTime);
    const at = customer?.place?.location;
    const place = at ? {latitude: at.latitude, longitude: at.longitude} : undefined;
    return html`<section class="panel-part" aria-labelledby="goods-title"><h2 id="goods-title">${t('panel.goods')}</h2>
      ${customer && !place && this.open ? html`<p class="muted small">${t('panel.placeHint')}</p>` : nothing}
      <filo-goods-search .api=${api} label=${t('goods.search')}
        .actions=${(each) => html`<button class="button text" aria-expanded=${this.open === each.sku} @click=${() => this.#toggle(each)}>${t('panel.stock')}</button><button class="button text" @click=${() => this.#propose(each)}>${t('panel.propose')}</button>${open ? html`<button class="button text" @click=${() => this.#edit({add: {sku: each.sku, quantity: 1}}, {done: t('panel.put', {title: each.title})})}>${t('panel.putIn')}</button>` : nothing}`}
        .detail=${(each) => this.open === each.sku ? html`<desk-stock-of .goods=${each} .customer=${this.name} .place=${place}></desk-stock-of>` : nothing}></filo-goods-search></section>`;
  }

  #toggle(goods) {
    this.open = this.open === goods.sku ? undefined : goods.sku;
    this.querySelector('filo-goods-search').requestUpdate();
  }

  async #propose(goods) {
    const {name} = this;
    const cart = await propose({customer: name, goods});
    if (cart) this.#show(name, cart);
  }

  // Reservations

  #reservations({reservations = []}, gone) {
    // What waits for an answer is not over yet.
    const open = reservations.filter((each) => ['PENDING', ...KEPT].includes(plain(each.state)) || plain(each.offer?.state) === 'OPEN');
    const over = reservations.filter((each) => !open.includes(each));
    return html`<section class="panel-part" aria-labelledby="kept-title"><h2 id="kept-title">${t('panel.reservations')}</h2>
      ${gone.has('reservations') ? this.#unreachable(t('panel.reservations')) : reservations.length ? nothing : html`<p class="muted">${t('panel.noReservations')}</p>`}
      <ul class="kept">${repeat(open, (each) => each.name, (each) => this.#reservation(each, true))}</ul>
      ${over.length ? html`<details class="over"><summary>${t('panel.over', {count: over.length})}</summary><ul class="kept">${over.map((each) => this.#reservation(each, false))}</ul></details>` : nothing}</section>`;
  }

  #reservation(each, listedOpen) {
    const open = listedOpen && ['PENDING', ...KEPT].includes(plain(each.state));
    const cause = `reservation.cause.${plain(each.refusalCause)}`;
    const taken = (each.lines ?? []).reduce((sum, line) => sum + (line.collectedQuantity ?? 0), 0);
    const all = (each.lines ?? []).reduce((sum, line) => sum + (line.quantity ?? 1), 0);
    return html`<li class="kept-row" data-name=${each.name}><div class="spread"><span class="card-title">${(each.lines ?? []).map(lineText).join(', ')}</span>${stateTag(each.state)}</div>
      <p class="muted small">${[each.storeTitle, open ? t('reservation.until', {until: format.dayTime(each.expireTime, zoneOf(each.store))}) : each.collectTime ? format.dayTime(each.collectTime, zoneOf(each.store)) : each.updateTime && format.dayTime(each.updateTime, zoneOf(each.store)), each.createdBy?.displayName,
        open && each.shelf ? t('reservation.shelf', {shelf: each.shelf}) : open && each.acknowledgeTime ? t('reservation.seen') : '', open && each.remindTime ? t('reservation.reminded', {when: format.timeOrDay(each.remindTime, zoneOf(each.store))}) : '',
        open && taken ? t('reservation.partly', {count: taken, all}) : ''].filter(Boolean).join(' · ')}</p>
      ${open && each.escalateTime && !each.acknowledgeTime ? html`<p class="note danger small">${icon('warning', {size: 'small'})}<span>${t('reservation.escalated')}</span></p>` : nothing}
      ${each.refusalReason || has(cause) ? html`<p class="small">${[has(cause) ? t(cause) : '', each.refusalReason].filter(Boolean).join(': ')}</p>` : nothing}
      ${each.offer ? this.#offer(each) : nothing}
      ${open ? html`<div class="cluster">${each.pickupCode ? html`<button class="button text code" aria-label=${t('panel.copyCode', {code: each.pickupCode})} @click=${() => copy(each.pickupCode)}>${format.spaced(each.pickupCode)} ${icon('copy', {size: 'small'})}</button>` : nothing}
        <span class="grow"></span><button class="button text" @click=${() => this.#extend(each)}>${t('panel.extend')}</button><button class="button text danger" @click=${() => this.#cancel(each)}>${t('panel.cancel')}</button></div>` : nothing}</li>`;
  }

  /** Another store that has it: taken or left for her, with one click. */
  #offer(each) {
    const {offer} = each;
    if (plain(offer.state) !== 'OPEN') return html`<p class="small muted">${t(`offer.state.${plain(offer.state)}`, {store: offer.storeTitle})}</p>`;
    return html`<div class="note accent">${icon('store', {size: 'small'})}<div class="grow stack-8"><p><strong>${t('offer.head', {store: offer.storeTitle})}</strong> ${far(offer)}<br><span class="muted small">${t('offer.until', {until: format.dayTime(offer.expireTime)})}</span></p>
      <div class="cluster"><button class="button primary" @click=${() => this.#answer(each, 'accept')}>${t('offer.accept')}</button><button class="button text" @click=${() => this.#answer(each, 'decline')}>${t('offer.decline')}</button></div></div></div>`;
  }

  async #answer(reservation, answer) {
    const {store} = reservation.offer;
    const key = `${reservation.name} ${store} ${answer}`;
    if (this.#answering.has(key)) return;
    this.#answering.add(key);
    if (!this.#keys.has(key)) this.#keys.set(key, newId());
    try {
      const done = await api.post(`/v1/${reservation.name}:${answer}Offer`, {store}, {idempotencyKey: this.#keys.get(key)});
      if (answer === 'accept') toast(t('offer.accepted', {store: done.storeTitle}), {image: 'check'});
    } catch (error) {
      complain(error);
    } finally {
      this.#answering.delete(key);
    }
    this.refresh();
  }

  async #extend(reservation) {
    const store = (await allStores().catch(() => new Map())).get(reservation.store);
    if (!store) return void toast(t('error.unavailable'), {image: 'warning'});
    const extended = await openDialog(new ExtendDialog(), {reservation, store});
    if (!extended) return;
    toast(t('reservation.extended', {until: format.dayTime(extended.expireTime, store.timeZone)}), {image: 'check'});
    this.refresh();
  }

  async #cancel(reservation) {
    const key = newId();
    const yes = await confirm({title: t('reservation.cancelTitle'), text: t('reservation.cancelText', {what: (reservation.lines ?? []).map(lineText).join(', '), store: reservation.storeTitle}), yes: t('reservation.cancelYes'), no: t('reservation.cancelNo'), danger: true});
    if (!yes) return;
    try {
      await api.post(`/v1/${reservation.name}:cancel`, {}, {idempotencyKey: key});
      toast(t('reservation.cancelled'), {image: 'check'});
    } catch (error) {
      complain(error);
    }
    this.refresh();
  }

  // What happened

  #timeline({timeline = []}, gone) {
    const listed = this.everything ? timeline : timeline.slice(0, 8);
    let day = '';
    return html`<section class="panel-part" aria-labelledby="timeline-title"><h2 id="timeline-title">${t('panel.timeline')}</h2>
      ${gone.has('timeline') ? this.#unreachable(t('panel.timeline')) : timeline.length ? nothing : html`<p class="muted">${t('panel.noTimeline')}</p>`}
      <ol class="timeline">${listed.map((each) => {
        const its = format.day(each.time);
        const head = its === day ? nothing : html`<li class="timeline-day muted small">${its}</li>`;
        day = its;
        return html`${head}<li class="timeline-row"><span class="timeline-icon" title=${channelWord(each.channel)}>${icon(HAPPENED_ICONS[each.type] ?? CHANNEL_ICONS[each.channel] ?? 'info', {size: 'small'})}</span>
          <span class="grow"><span class="timeline-what">${has(`happened.${each.type}`) ? t(`happened.${each.type}`) : each.type}</span>${each.title || each.type === 'search' ? html` <span>${each.title || each.subject}</span>` : nothing}
            <span class="muted small timeline-by">${[channelWord(each.channel), each.by && !['customer', 'system'].includes(each.by) ? each.by : ''].filter(Boolean).join(' · ')}</span></span>
          <time class="muted small nowrap" datetime=${each.time}>${format.time(each.time)}</time></li>`;
      })}</ol>
      ${timeline.length > listed.length ? html`<button class="link small" @click=${() => { this.everything = true; }}>${t('panel.earlier', {count: timeline.length - listed.length})}</button>` : nothing}</section>`;
  }
}
customElements.define('desk-customer', CustomerPanel);

const channelWord = (channel) => has(`happened.on.${channel}`) ? t(`happened.on.${channel}`) : channel ?? '';
