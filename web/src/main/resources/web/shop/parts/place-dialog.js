/** Choosing where she shops: a town that has stores, or here. */
import {html, nothing} from 'lit';
import {FiloDialog, openDialog} from 'filo/dialog.js';
import {Load} from 'filo/element.js';
import {icon} from 'filo/icons.js';
import {t} from 'filo/i18n.js';
import {shown} from 'filo/ui.js';
import {allStores, place} from '../state.js';

class PlaceDialog extends FiloDialog {
  static properties = {locating: {state: true}, problem: {state: true}};

  constructor() {
    super();
    this.towns = new Load(this, async () => {
      const byCity = Map.groupBy([...(await allStores()).values()].filter((store) => store.city && store.location), (store) => store.city);
      return [...byCity].map(([city, stores]) => ({
        title: city,
        count: stores.length,
        stores: stores.map(({name, title}) => ({name, title})).sort((a, b) => a.title.localeCompare(b.title)),
        latitude: stores.reduce((sum, each) => sum + (each.location.latitude ?? 0), 0) / stores.length,
        longitude: stores.reduce((sum, each) => sum + (each.location.longitude ?? 0), 0) / stores.length,
      })).sort((a, b) => a.title.localeCompare(b.title));
    });
    this.towns.run();
  }

  heading() { return t('place.title'); }

  body() {
    return html`<div class="stack">
      <button class="button wide" aria-busy=${this.locating ?? false} @click=${this.#here}>${icon('locate')} ${this.locating ? t('place.locating') : t('place.here')}</button>
      ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing}
      ${shown(this.towns, (towns) => html`<ul class="list towns">${towns.map((each) => html`<li><button class="town" aria-pressed=${each.title === place.current.title} @click=${() => this.#choose(each)}>
        ${icon('pin')}<span class="grow">${each.title}</span><span class="muted small">${t('place.stores', {count: each.count})}</span></button>
        ${each.title === place.current.title ? html`<div class="field"><label for="her-store">${t('place.store')}</label><select class="input" id="her-store" @change=${(event) => place.chooseStore(event.target.value)}>
          <option value="" ?selected=${!place.current.store}>${t('place.noStore')}</option>${each.stores.map((store) => html`<option value=${store.name} ?selected=${store.name === place.current.store}>${store.title}</option>`)}</select></div>` : nothing}</li>`)}</ul>`)}
    </div>`;
  }

  #choose({title, latitude, longitude}) {
    place.choose({title, latitude, longitude});
    this.close();
  }

  #here = () => {
    if (!navigator.geolocation) return void (this.problem = t('place.cannot'));
    this.locating = true;
    this.problem = undefined;
    navigator.geolocation.getCurrentPosition(({coords}) => {
      // Two decimals are about a kilometre: enough for stores, too little for an address.
      place.choose({title: t('place.you'), latitude: Number(coords.latitude.toFixed(2)), longitude: Number(coords.longitude.toFixed(2))}, {town: false});
      this.close();
    }, () => {
      this.locating = false;
      this.problem = t('place.cannot');
    }, {timeout: 8000, maximumAge: 600_000});
  };
}
customElements.define('shop-place-dialog', PlaceDialog);

/** Opens the choice of a place. */
export const choosePlace = () => openDialog(new PlaceDialog());
