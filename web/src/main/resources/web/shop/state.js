/** What the whole shop shares: session, API, live stream, cart, customer, place, and products seen so far. */
import {createSession} from 'filo/session.js';
import {createApi} from 'filo/api.js';
import {createLive} from 'filo/live.js';
import {storesOf} from 'filo/stores.js';
import {CartStore} from './cart-store.js';
import {forgetReservations} from './reservation-cache.js';

export const session = createSession({app: 'shop', clientId: 'shop-web', guest: true});
export const api = createApi(session);
export const live = createLive({session});
export const cart = new CartStore({session, api, live});

/** Products seen in lists: a product's page shows them at once and reads them again. */
export const seen = new Map();

const changed = (target) => target.dispatchEvent(new Event('change'));

// The customer

class MeStore extends EventTarget {
  customer = null;
  #reading;

  constructor() {
    super();
    session.events.addEventListener('change', ({detail}) => {
      if (detail.reason === 'guest') return;
      this.#reading = null;
      this.customer = null;
      changed(this);
      this.read();
    });
  }

  /** Reads the customer, if there is a session at all; a visitor who did nothing has none. */
  read() {
    if (!session.known) return Promise.resolve(null);
    if (!this.#reading) {
      const turn = session.turn;
      const reading = api.get('/v1/customers/me')
        .then((customer) => (turn === session.turn ? this.set(customer) : null), () => null)
        .finally(() => { if (this.#reading === reading) this.#reading = null; });
      this.#reading = reading;
    }
    return this.#reading;
  }

  set(customer) {
    this.customer = customer;
    changed(this);
    return customer;
  }

  /** True when signed in with something verified. */
  get signedIn() { return Boolean(this.customer && !this.customer.guest); }

  /** Changes some fields. */
  async update(fields) {
    return this.set(await api.patch('/v1/customers/me', fields, {query: {updateMask: Object.keys(fields).join(',')}}));
  }
}
export const me = new MeStore();

// The next person at this device is somebody else: the pickup codes kept here are not hers. Another tab's change was
// that tab's to clean up after.
session.events.addEventListener('change', ({detail}) => {
  if (!['guest', 'elsewhere'].includes(detail.reason)) forgetReservations();
});

// Which campaign's link led her here

const CAMPAIGN = 'filo.campaign';
const CAMPAIGN_MOST = 64;

export const campaign = {
  /** She came by a campaign's link to a SKU; none forgets nothing. */
  come(name, sku) {
    if (!name) return;
    try { sessionStorage.setItem(CAMPAIGN, JSON.stringify({name: name.slice(0, CAMPAIGN_MOST), sku})); } catch { /* not remembered */ }
  },
  /** The campaign that led to a SKU in this visit; undefined when none did. */
  of(sku) {
    try {
      const kept = JSON.parse(sessionStorage.getItem(CAMPAIGN));
      return kept?.sku === sku ? kept.name : undefined;
    } catch { return undefined; }
  },
};

// Where she shops

const PLACE = 'filo.place';
const MILANO = {title: 'Milano', latitude: 45.4642, longitude: 9.19};

class PlaceStore extends EventTarget {
  /** {title, latitude, longitude}; the middle of a town, or a rounded point. */
  current = MILANO;

  constructor() {
    super();
    try { this.current = JSON.parse(localStorage.getItem(PLACE)) ?? MILANO; } catch { /* the default stands */ }
  }

  /** What searches and availability take. */
  get query() { return {latitude: this.current.latitude, longitude: this.current.longitude}; }

  /** The store she chose as hers, `stores/x`, or nothing: kept with the town. */
  chooseStore(store) {
    this.choose({...this.current, store: store || undefined});
  }

  /** Chooses a place; a town is also told to the shop, so that whoever helps knows it. */
  choose(place, {town = true} = {}) {
    this.current = place;
    try { localStorage.setItem(PLACE, JSON.stringify(place)); } catch { /* for this visit only */ }
    changed(this);
    if (town && session.known) {
      me.update({place: {title: place.title, location: {latitude: place.latitude, longitude: place.longitude}, ...(place.store ? {store: place.store} : {})}}).catch(() => { /* a convenience only */ });
    }
  }
}
export const place = new PlaceStore();

/** All stores people visit, by name: a Map. */
export const allStores = storesOf(api);

// Variants by SKU: what a line needs to show its picture and its product

const variants = new Map();

/** VariantItems of SKUs, as a Map; asks only for those not known yet. */
export async function variantsOf(skus, options = {}) {
  const missing = [...new Set(skus)].filter((sku) => !variants.has(sku));
  if (missing.length) {
    const answer = await api.get('/v1/variants:batchGet', {query: {skus: missing}, auth: 'optional', ...options});
    for (const item of answer.items ?? []) variants.set(item.variant.sku, item);
  }
  return new Map(skus.filter((sku) => variants.has(sku)).map((sku) => [sku, variants.get(sku)]));
}

addEventListener('storage', (event) => {
  if (event.key === PLACE && event.newValue) {
    place.current = JSON.parse(event.newValue);
    changed(place);
  }
});
