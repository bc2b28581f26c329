/** What can be said about one line of the cart: a word on it, and how it should come. */
import {html, nothing} from 'lit';
import {FiloDialog, openDialog} from 'filo/dialog.js';
import {Load} from 'filo/element.js';
import * as format from 'filo/format.js';
import {icon} from 'filo/icons.js';
import {t} from 'filo/i18n.js';
import {announce, shown, stockBadge} from 'filo/ui.js';
import {allStores, api, cart, place} from '../state.js';

class NoteDialog extends FiloDialog {
  heading() { return t('note.title', {title: this.line.title}); }

  body() {
    return html`<form id="note-form" class="field" @submit=${this.#keep}><label for="note-text">${t('note.label')}</label>
      <textarea class="input" id="note-text" name="note" rows="3" maxlength="500" .value=${this.line.note ?? ''}></textarea></form>`;
  }

  footer() {
    return html`<button class="button" @click=${() => this.close()}>${t('action.cancel')}</button>
      <button class="button primary" type="submit" form="note-form">${t('note.keep')}</button>`;
  }

  #keep = (event) => {
    event.preventDefault();
    this.close(event.target.elements.note.value.trim());
  };
}
customElements.define('shop-note-dialog', NoteDialog);

/** Asks for a word on a line; undefined when it stays as it is. */
export const askNote = (line) => openDialog(new NoteDialog(), {line});

class FulfilmentDialog extends FiloDialog {
  constructor() {
    super();
    this.nearby = new Load(this, async (signal) => {
      const [answer, stores] = await Promise.all([
        api.get('/v1/availability:nearby', {query: {sku: this.line.sku, ...place.query, radiusMeters: 200_000, pageSize: 12}, auth: 'optional', signal}), allStores()]);
      return (answer.locations ?? []).map((each) => ({...each, available: each.available ?? 0, about: stores.get(each.store)})).filter((each) => each.about && each.about.pickup !== false);
    });
  }

  connectedCallback() {
    super.connectedCallback();
    this.nearby.run();
  }

  heading() { return t('fulfilment.title', {title: this.line.title}); }

  body() {
    const chosen = this.line.fulfilment ?? {};
    const deliverable = this.line.availability?.deliverable ?? 0;
    return html`<div class="stack">
      <button class="choice" aria-pressed=${chosen.kind === 'SHIP'} @click=${() => this.close({kind: 'SHIP'})}>${icon('box')}<span class="grow"><strong>${t('fulfilment.ship')}</strong>
        <span class="small muted">${deliverable ? t('fulfilment.shipNow') : t('fulfilment.shipNotNow')}</span></span></button>
      <h3 class="small-head">${t('fulfilment.pickup')}</h3>
      ${shown(this.nearby, (locations) => html`<ul class="list choices">${locations.map((each) => html`<li>
        <button class="choice" aria-pressed=${chosen.kind === 'PICKUP' && chosen.store === each.store} @click=${() => this.close({kind: 'PICKUP', store: each.store, title: each.about.title})}>${icon('store')}
          <span class="grow"><strong>${each.about.title}</strong> ${each.distanceMeters === undefined ? nothing : html`<span class="small muted">${format.distance(each.distanceMeters)}</span>`}<br>
          <span class="small">${stockBadge(each)}</span></span></button></li>`)}</ul>`)}
      ${chosen.kind ? html`<button class="link" @click=${() => this.close({})}>${t('fulfilment.later')}</button>` : nothing}</div>`;
  }
}
customElements.define('shop-fulfilment-dialog', FulfilmentDialog);

/** Asks how a line should come, and says so to the cart; nothing when it stays as it is. */
export async function chooseFulfilment(line) {
  const chosen = await openDialog(new FulfilmentDialog(), {line});
  if (!chosen) return;
  const {kind, store, title} = chosen;
  cart.chooseFulfilment(line.id, {...(kind ? {kind} : {}), ...(store ? {store} : {})});
  announce(kind === 'SHIP' ? t('fulfilment.ship') : kind === 'PICKUP' ? t('fulfilment.at', {store: title}) : t('fulfilment.open'));
}
