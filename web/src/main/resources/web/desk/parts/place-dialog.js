/** Choosing where a customer shops, when she said it in words: one of the towns that have stores. */
import {html} from 'lit';
import {FiloDialog, openDialog} from 'filo/dialog.js';
import {Load} from 'filo/element.js';
import {icon} from 'filo/icons.js';
import {t} from 'filo/i18n.js';
import {shown} from 'filo/ui.js';
import {allStores} from '../state.js';

class PlaceDialog extends FiloDialog {
  constructor() {
    super();
    this.towns = new Load(this, async () => {
      const byCity = Map.groupBy([...(await allStores()).values()].filter((store) => store.city && store.location), (store) => store.city);
      const middle = (stores, part) => stores.reduce((sum, each) => sum + (each.location[part] ?? 0), 0) / stores.length;
      return [...byCity].map(([city, stores]) => ({title: city, count: stores.length, location: {latitude: middle(stores, 'latitude'), longitude: middle(stores, 'longitude')}}))
        .sort((a, b) => a.title.localeCompare(b.title));
    });
    this.towns.run();
  }

  heading() { return t('panel.choosePlace'); }

  body() {
    return shown(this.towns, (towns) => html`<ul class="towns">${towns.map((each) => html`<li><button class="town" aria-pressed=${each.title === this.title_} @click=${() => this.close({title: each.title, location: each.location})}>
      ${icon('pin', {size: 'small'})}<span class="grow">${each.title}</span><span class="muted small">${t('place.stores', {count: each.count})}</span></button></li>`)}</ul>`);
  }
}
customElements.define('desk-place-dialog', PlaceDialog);

/** Resolves with {title, location}, or undefined. */
export const choosePlace = (current) => openDialog(new PlaceDialog(), {title_: current});
