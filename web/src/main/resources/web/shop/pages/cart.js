/** The cart: the same on every device, live. Shown = the server's last state + what is being sent. */
import {html, nothing} from 'lit';
import {repeat} from 'lit/directives/repeat.js';
import {FiloElement} from 'filo/element.js';
import * as format from 'filo/format.js';
import {icon} from 'filo/icons.js';
import {t} from 'filo/i18n.js';
import {deviceKind} from 'filo/session.js';
import {announce, asOf, emptyBlock, errorBlock, glow, idOf, picture, plain, price, stockBadge, toast} from 'filo/ui.js';
import {allStores, cart, live, me, session, variantsOf} from '../state.js';
import {originOf} from '../origin.js';

class Cart extends FiloElement {
  static properties = {voucherOpen: {state: true}};
  #items = new Map();
  #stores = new Map();

  constructor() {
    super();
    allStores().then((stores) => { this.#stores = stores; this.requestUpdate(); }, () => { /* the store's id has to do */ });
    this.listen(cart, 'change');
    this.listen(me, 'change');
    this.listen(live.events, 'status');
    this.listen(cart, 'remote', async ({detail}) => {
      await this.updateComplete;
      for (const line of detail.lines) {
        const row = this.querySelector(`[data-sku="${CSS.escape(line.sku)}"]`);
        if (row) glow(row);
      }
    });
    cart.start();
  }

  title_() { return t('cart.title'); }

  languageChanged() { this.#items.clear(); }

  /** Pictures and products of lines that come without. */
  willUpdate() {
    const bare = cart.lines.filter((line) => !line.mediaUri && !this.#items.has(line.sku)).map((line) => line.sku);
    if (!bare.length) return;
    for (const sku of bare) this.#items.set(sku, null);
    variantsOf(bare).then((found) => {
      for (const [sku, item] of found) this.#items.set(sku, item);
      this.requestUpdate();
    }, () => { /* lines stand without pictures */ });
  }

  render() {
    const lines = cart.lines;
    if (!cart.server && session.known && !lines.length) {
      return cart.error ? errorBlock(cart.error, () => cart.read()) : html`<h1>${t('cart.title')}</h1><div class="card" aria-busy="true"><p class="skeleton line"></p><p class="skeleton line short"></p></div>`;
    }
    return html`
      <div class="spread wrap page-head"><h1>${t('cart.title')}</h1>
        ${lines.length ? html`<div class="cluster"><button class="button" ?disabled=${cart.away || cart.pending} @click=${this.#share}>${icon('share')} ${t('share.button')}</button>
          <button class="button" ?disabled=${cart.away} @click=${this.#handOff}>${icon(deviceKind() === 'phone' ? 'pc' : 'phone')} ${t(deviceKind() === 'phone' ? 'handoff.buttonPc' : 'handoff.button')}</button></div>` : nothing}</div>
      ${this.#notes()}
      ${lines.length ? html`<div class="cart">
        <ul class="list card cart-lines">${repeat(lines, (line) => line.id, (line) => this.#line(line))}</ul>
        <aside class="card cart-sum" aria-label=${t('cart.summary')}>${this.#summary(lines)}</aside></div>`
        : emptyBlock({image: 'cart', title: t('cart.empty'), text: t('cart.emptyText'), action: html`<a class="button primary" href="/search">${t('home.all')}</a>
          ${session.known ? nothing : html`<a class="button" href="/account">${t('account.signIn')}</a>`}`})}
      ${this.#saved()}`;
  }

  #notes() {
    return html`
      ${cart.proposals.map((proposal) => html`<div class="note accent proposal">${icon('agent')}<div class="grow stack-8">
        <p><strong>${proposal.origin?.by && proposal.origin.by !== 'customer' ? t('cart.proposalBy', {name: proposal.origin.by}) : t('cart.proposal')}</strong></p>
        <p>${(proposal.quantity ?? 1) > 1 ? `${proposal.quantity} × ` : ''}${proposal.title} · ${price(proposal.unitPrice)}${proposal.note ? html`<br><span class="muted">«${proposal.note}»</span>` : nothing}</p>
        <p class="cluster"><button class="button" @click=${() => cart.accept(proposal.id)}>${t('cart.accept')}</button>
          <button class="button text" @click=${() => cart.decline(proposal.id)}>${t('cart.decline')}</button></p></div></div>`)}
      ${this.#grant()}
      ${cart.refusals.map((refusal) => html`<div class="note danger" role="alert">${icon('warning')}<span class="grow">${refusal.title ? html`<strong>${refusal.title}</strong>: ` : nothing}${refusal.text}</span>
        <button class="button text square" aria-label=${t('action.close')} @click=${() => cart.dismiss(refusal)}>${icon('close', {size: 'small'})}</button></div>`)}
      ${cart.merges.map((merge) => html`<div class="note merged">${icon(deviceKind(merge.device))}<span class="grow">${merge.device ? t('cart.mergedFrom', {count: merge.lineCount, device: merge.device}) : t('cart.merged', {count: merge.lineCount})}</span>
        <button class="button" @click=${() => this.#undo(merge)}>${icon('undo', {size: 'small'})} ${t('cart.undoMerge')}</button></div>`)}
      ${cart.warnings.filter((warning) => !warning.line && warning.code !== 'LINES_MERGED').map((warning) => html`<div class="note">${icon('info')}<span>${warning.text}</span></div>`)}
      ${cart.keptAt ? html`<div class="note warn small" role="status">${icon('offline')}<span class="grow">${t('cart.keptFrom', {time: format.timeOrDay(new Date(cart.keptAt).toISOString())})}</span></div>`
        : cart.error && cart.server && !cart.away ? html`<div class="note warn small" role="status">${icon('offline')}<span class="grow">${t('cart.stale')}</span><button class="link" @click=${() => cart.read()}>${t('action.retry')}</button></div>` : nothing}`;
  }

  /** Whether somebody of the shop may change the cart, or asks to. */
  #grant() {
    const grant = cart.editGrant;
    if (!grant) return nothing;
    if (grant.expireTime) {
      return html`<div class="note accent grant">${icon('agent')}<span class="grow">${t('grant.open', {until: format.time(grant.expireTime)})}</span>
        <button class="button" @click=${() => cart.endEditing()}>${t('grant.end')}</button></div>`;
    }
    return html`<div class="note accent grant">${icon('agent')}<div class="grow stack-8"><p><strong>${t('grant.asked', {name: grant.askedBy})}</strong><br><span class="muted">${t('grant.askedText')}</span></p>
      <p class="cluster"><button class="button primary" @click=${() => cart.allowEditing()}>${t('grant.allow')}</button><button class="button text" @click=${() => cart.endEditing()}>${t('cart.decline')}</button></p></div></div>`;
  }

  #undo(merge) {
    cart.undoMerge(merge.id);
    announce(t('cart.mergeUndone'));
  }

  #line(line) {
    const item = this.#items.get(line.sku);
    const media = line.mediaUri ? {uri: line.mediaUri} : item?.media;
    const product = line.product || item?.product;
    const origin = line.pending ? null : originOf(line.origin);
    const warning = cart.warnings.find((each) => each.line === line.id);
    const title = line.title ?? item?.title ?? line.sku;
    const total = format.timesMoney(line.unitPrice, line.quantity);
    return html`<li class="cart-line" data-sku=${line.sku} data-line=${line.id}>
      <a class="cart-picture" href=${product ? `/products/${idOf(product)}?sku=${line.sku}` : nothing} tabindex="-1" aria-hidden="true">${picture(media, {decorative: true})}</a>
      <div class="cart-text">
        <p class="cart-title">${product ? html`<a class="plain" href="/products/${idOf(product)}?sku=${line.sku}">${title}</a>` : title}</p>
        <p class="small">${this.#availability(line)}</p>
        ${this.#hers(line)}
        ${origin ? html`<p class="small muted origin">${icon(origin.image, {size: 'small'})} ${origin.text}${line.origin.time ? html`, <time datetime=${line.origin.time}>${format.timeOrDay(line.origin.time)}</time>` : nothing}</p>` : nothing}
        ${line.edited ? html`<p class="small muted origin">${icon('agent', {size: 'small'})} ${t('origin.edited', {name: line.edited.by})}</p>` : nothing}
        ${line.withdrawn ? nothing : html`<p class="small fulfilment">${this.#fulfilment(line)} <button class="link small" aria-label=${t('fulfilment.changeOf', {title})} @click=${() => this.#choose({...line, title})}>${plain(line.fulfilment?.kind, 'KIND_') ? t('fulfilment.change') : t('fulfilment.choose')}</button></p>`}
        <p class="small line-note">${line.note ? html`${icon('note', {size: 'small'})} <span>${line.note}</span> ` : nothing}<button class="link small" aria-label=${line.note ? t('note.changeOf', {title}) : t('note.addOf', {title})} @click=${() => this.#note({...line, title})}>${line.note ? t('note.change') : t('note.add')}</button></p>
        ${line.addedUnitPrice ? html`<p class="small muted">${t('cart.priceWas', {price: format.money(line.addedUnitPrice)})}</p>` : nothing}
        ${warning ? html`<p class="small warn-text">${warning.text}</p>` : nothing}
      </div>
      <p class="cart-price">${price(total)}${line.quantity > 1 ? html`<span class="muted small each">${t('cart.each', {price: format.money(line.unitPrice)})}</span>` : nothing}</p>
      <div class="cart-actions">
        <div class="stepper" role="group" aria-label=${t('cart.quantityOf', {title})}>
          <button class="button text square" aria-label=${line.quantity > 1 ? t('cart.fewer') : t('cart.removeOf', {title})} @click=${() => (line.quantity > 1 ? this.#set(line, line.quantity - 1) : this.#remove(line, title))}>${icon(line.quantity > 1 ? 'minus' : 'trash')}</button>
          <span class="num quantity" aria-live="off">${line.quantity}</span>
          <button class="button text square" aria-label=${t('cart.more')} ?disabled=${line.quantity >= 999} @click=${() => this.#set(line, line.quantity + 1)}>${icon('plus')}</button>
        </div>
        <button class="link small" @click=${() => this.#later(line)}>${t('cart.later')}</button>
        <button class="link small" aria-label=${t('cart.removeOf', {title})} @click=${() => this.#remove(line, title)}>${t('cart.remove')}</button>
      </div></li>`;
  }

  #availability(line) {
    if (line.withdrawn) return stockBadge({available: 0}, t('cart.withdrawn'));
    const known = line.availability;
    if (!known) return nothing;
    switch (plain(known.state)) {
      case 'AVAILABLE': return stockBadge({available: 100}, [known.nearestStoreTitle ? t('cart.nearest', {store: known.nearestStoreTitle, distance: format.distance(known.nearestDistanceMeters ?? 0)}) : known.storeCount ? t('cart.inStores', {count: known.storeCount}) : '', known.deliverable ? t('cart.deliverable') : ''].filter(Boolean).join(' · '));
      case 'LOW': return stockBadge({available: 1}, t('cart.low'));
      case 'UNAVAILABLE': return stockBadge({available: 0});
      case 'UNKNOWN': return stockBadge({unknown: true}, t('stock.outage'));
      default: return nothing;
    }
  }

  /** What her own stores have of it. */
  #hers(line) {
    const stores = line.withdrawn ? [] : line.availability?.stores ?? [];
    if (!stores.length) return nothing;
    return html`<ul class="small her-stores">${stores.map((each) => html`<li data-store=${each.store}>${icon('store', {size: 'small'})} ${each.title}: ${stockBadge({available: each.available}, each.available && each.available < line.quantity ? t('cart.low') : '')}</li>`)}</ul>`;
  }

  #fulfilment(line) {
    const chosen = line.fulfilment ?? {};
    if (chosen.kind === 'SHIP') return html`${icon('box', {size: 'small'})} ${t('fulfilment.ship')}`;
    if (chosen.kind === 'PICKUP') return html`${icon('store', {size: 'small'})} ${t('fulfilment.at', {store: this.#stores.get(chosen.store)?.title ?? idOf(chosen.store)})}`;
    return html`<span class="muted">${t('fulfilment.open')}</span>`;
  }

  async #choose(line) {
    const {chooseFulfilment} = await import('../parts/line-dialogs.js');
    await chooseFulfilment(line);
  }

  async #note(line) {
    const {askNote} = await import('../parts/line-dialogs.js');
    const note = await askNote(line);
    if (note !== undefined && note !== (line.note ?? '')) cart.note(line.id, note);
  }

  #voucher() {
    const {voucher} = cart;
    if (voucher) {
      const problem = plain(voucher.problem, 'PROBLEM_');
      return html`<div class="voucher"><div class="spread"><span>${icon('tag', {size: 'small'})} <strong>${voucher.code}</strong>${voucher.title ? html`<br><span class="muted small">${voucher.title}</span>` : nothing}</span>
        <span>${voucher.discount ? html`<span class="price">−${format.money(voucher.discount)}</span>` : nothing}</span></div>
        ${problem && problem !== 'UNSPECIFIED' ? html`<p class="small warn-text">${problem === 'BELOW_MINIMUM' ? t('voucher.belowMinimum', {minimum: format.money(voucher.minimum)}) : t(`voucher.problem.${problem}`)}</p>` : nothing}
        <button class="link small" aria-label=${t('voucher.removeOf', {code: voucher.code})} @click=${() => cart.removeVoucher(voucher.code)}>${t('cart.remove')}</button></div>`;
    }
    if (cart.voucherComing) return html`<p class="small muted">${icon('tag', {size: 'small'})} ${cart.voucherComing} …</p>`;
    return this.voucherOpen ? html`<form class="field" @submit=${this.#useVoucher}><label for="voucher">${t('voucher.label')}</label>
        <div class="voucher-row"><input class="input num" id="voucher" name="code" autocomplete="off" autocapitalize="characters" spellcheck="false" minlength="3" maxlength="32" pattern="[A-Za-z0-9\\-]{3,32}" required>
        <button class="button">${t('voucher.use')}</button></div></form>`
      : html`<button class="link small" @click=${this.#openVoucher}>${t('voucher.have')}</button>`;
  }

  #openVoucher = async () => {
    this.voucherOpen = true;
    await this.updateComplete;
    this.querySelector('#voucher')?.focus();
  };

  #useVoucher = (event) => {
    event.preventDefault();
    this.voucherOpen = false;
    cart.applyVoucher(event.target.elements.code.value.trim());
  };

  #summary(lines) {
    const total = cart.total;
    const asOfTime = lines.map((line) => line.availability?.asOfTime).filter(Boolean).sort()[0];
    return html`<div class="stack">
      <div class="spread"><span>${t('cart.pieces', {count: cart.count})}</span><span class="total" aria-live="off">${total ? price(total) : html`<span class="muted" aria-label=${t('cart.totalComing')}>…</span>`}</span></div>
      <p class="muted small">${t('price.vat')}</p>
      ${this.#voucher()}
      <a class="button primary wide checkout" href="/checkout">${icon('forward')} ${t('cart.checkout')}</a>
      <button class="button wide" ?disabled=${cart.pending || cart.away} @click=${() => this.#reserve(lines)}>${icon('store')} ${t('cart.reserve')}</button>
      <p class="muted small">${t('cart.reserveText')}</p>
      ${asOfTime ? html`<p>${icon('clock', {size: 'small'})} <span class="muted small">${t('stock.counted')}</span> ${asOf(asOfTime)}</p>` : nothing}
      ${me.signedIn ? nothing : html`<hr><p class="small">${t('cart.signIn')} <a href="/account">${t('account.signIn')}</a></p>`}
    </div>`;
  }

  #saved() {
    const saved = cart.saved;
    if (!saved.length) return nothing;
    return html`<section class="section"><h2>${t('cart.saved')}</h2><ul class="list card cart-lines">${repeat(saved, (line) => line.id, (line) => html`<li class="cart-line saved">
      <span class="cart-picture">${picture(line.mediaUri ? {uri: line.mediaUri} : undefined, {decorative: true})}</span>
      <div class="cart-text"><p class="cart-title">${line.title}</p><p class="small">${this.#availability(line)}</p></div>
      <p class="cart-price">${price(line.unitPrice)}</p>
      <div class="cart-actions"><button class="button" @click=${() => cart.moveToCart(line.id)}>${t('cart.back')}</button>
        <button class="link small" aria-label=${t('cart.removeOf', {title: line.title})} @click=${() => cart.remove(line.id)}>${t('cart.remove')}</button></div></li>`)}</ul></section>`;
  }

  #set(line, quantity) {
    cart.setQuantity(line.id, quantity);
    announce(t('cart.nowQuantity', {title: line.title, count: quantity}));
  }

  #remove(line, title) {
    this.#focusAfter(line);
    cart.remove(line.id);
    toast(t('cart.removed', {title}), {action: {label: t('action.undo'), run: () => cart.add(line.sku, line.quantity, {title, unitPrice: line.unitPrice, product: line.product, mediaUri: line.mediaUri})}});
  }

  #later(line) {
    this.#focusAfter(line);
    cart.saveForLater(line.id);
    announce(t('cart.putBy', {title: line.title}));
  }

  /** Focus goes to the line after the one that leaves, else to the heading; never to the body. */
  #focusAfter(line) {
    const rows = [...this.querySelectorAll('.cart-lines:not(.saved) > .cart-line[data-line]')];
    const at = rows.findIndex((row) => row.dataset.line === line.id);
    const next = rows[at + 1] ?? rows[at - 1];
    cart.addEventListener('change', async () => {
      await this.updateComplete;
      const target = next?.isConnected ? next.querySelector('.stepper button') : this.querySelector('h1');
      if (target?.matches('h1')) target.tabIndex = -1;
      target?.focus();
    }, {once: true});
  }

  #share = async () => {
    const {shareCart} = await import('../parts/share-dialog.js');
    shareCart();
  };

  #handOff = async () => {
    const {handOff} = await import('../parts/handoff-dialog.js');
    handOff();
  };

  async #reserve(lines) {
    const {reserve} = await import('../parts/reserve-dialog.js');
    const made = await reserve({lines: lines.map(({sku, quantity, title, unitPrice}) => ({sku, quantity, title, unitPrice}))});
    if (made) cart.read();
  }
}
customElements.define('shop-cart', Cart);
