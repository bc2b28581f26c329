/** What the staff's apps share: who is signed in, the words of stock and of reservations, goods by SKU. */
import {html, nothing} from 'lit';
import {icon} from 'filo/icons.js';
import {t} from 'filo/i18n.js';
import {plain, stockBadge} from 'filo/ui.js';
import * as format from 'filo/format.js';

/** What an access token says of its bearer; the server checks it, the page only shows it. */
export function claimsOf(token) {
  try {
    const part = token.split('.')[1].replace(/-/g, '+').replace(/_/g, '/');
    const bytes = Uint8Array.from(atob(part), (each) => each.charCodeAt(0));
    const claims = JSON.parse(new TextDecoder().decode(bytes));
    return {name: claims.sub ?? '', displayName: claims.name ?? '', roles: claims.roles ?? [], stores: claims.stores ?? []};
  } catch {
    return null;
  }
}

/** Who is signed in, or null. Announces `change`. */
export class Person extends EventTarget {
  /** Whether it has been looked up once. */
  known = false;
  claims = null;
  #session;

  constructor(session) {
    super();
    this.#session = session;
    session.events.addEventListener('change', () => this.read());
  }

  async read() {
    let token = null;
    try {
      token = await this.#session.token({required: false});
    } catch {
      // Not reachable: whoever was signed in still is.
      if (this.claims) return;
      token = this.#kept();
    }
    this.claims = token ? claimsOf(token) : null;
    this.known = true;
    this.dispatchEvent(new Event('change'));
  }

  #kept() {
    try { return JSON.parse(localStorage.getItem(`filo.session.${this.#session.app}`))?.accessToken ?? null; } catch { return null; }
  }

  is(role) { return this.claims?.roles.includes(role) ?? false; }
}

const FORMULA = /^on hand (?<onHand>-?\d+)(?: - set aside (?<aside>\d+))? - safety (?<safety>\d+) - held (?<held>\d+) = (?<available>\d+)$/;

/** «3 in negozio − 1 di scorta − 2 tenuti da parte = 0», from the service's own formula; its text where it says more. */
export function explained(text) {
  const numbers = FORMULA.exec(text ?? '')?.groups;
  if (!numbers) return text ?? '';
  return t(numbers.aside ? 'stock.formulaAside' : 'stock.formula', numbers);
}

let tips = 0;

/** A stock badge whose number explains itself on hover and on focus; Escape puts the explanation away. */
export function explainedStock(location, more) {
  const badge = stockBadge({available: location.available ?? 0}, more);
  const text = explained(location.explanation);
  if (!text) return badge;
  const id = `tip-${++tips}`;
  return html`<span class="explain" tabindex="0" role="note" aria-label=${`${location.title ?? ''} ${t('stock.pieces', {count: location.available ?? 0})}: ${text}`} @keydown=${hide} @mouseleave=${again} @blur=${again}>${badge}<span class="tip" role="tooltip" id=${id} aria-hidden="true">${text}</span></span>`;
}

const hide = (event) => {
  if (event.key !== 'Escape') return;
  event.currentTarget.classList.add('quiet');
  event.stopPropagation();
};
const again = (event) => event.currentTarget.classList.remove('quiet');

/** States in which goods are kept. */
export const KEPT = ['HELD', 'PREPARED'];

const LOOK = {
  PENDING: ['clock', ''], HELD: ['ticket', 'accent'], PREPARED: ['box', 'accent'], COLLECTED: ['done', ''], EXPIRED: ['clock', ''], CANCELLED: ['close', ''], REFUSED: ['warning', 'danger'],
  EXTENDED: ['calendar', 'accent'], REMINDED: ['clock', 'accent'], PARTLY_COLLECTED: ['done', 'accent'], OFFERED: ['store', 'accent'], OFFER_NONE: ['warning', ''], ESCALATED: ['warning', 'danger'],
};

/** The state of a reservation as a tag with icon and word. */
export function stateTag(value) {
  const state = plain(value) || 'HELD';
  const [image, look] = LOOK[state] ?? ['info', ''];
  return html`<span class="tag ${look}">${icon(image, {size: 'small'})} ${t(`reservation.state.${state}`)}</span>`;
}

/** «2 × Sedia Noto, terracotta» */
export const lineText = (line) => `${(line.quantity ?? 1) > 1 ? `${line.quantity} × ` : ''}${line.title || line.sku}`;

/** The distance of a location, or nothing. */
export const far = (location) => location.distanceMeters === undefined ? nothing : html`<span class="muted small nowrap">${format.distance(location.distanceMeters)}</span>`;

/**
 * Goods by words, SKU or GTIN: [{sku, title, price, media, product, gtin}], the best first.
 * @param {object} api
 */
export async function findGoods(api, words, options = {}) {
  const text = words.trim();
  if (!text) return [];
  const exact = /^[A-Za-z0-9._-]{3,64}$/.test(text);
  const digits = /^\d{8,14}$/.test(text);
  const [direct, search] = await Promise.all([
    exact ? api.get('/v1/variants:batchGet', {query: digits ? {skus: text, gtins: text} : {skus: [...new Set([text, text.toUpperCase()])]}, auth: 'optional', ...options}) : {},
    api.get('/v1/products:search', {query: {query: text, pageSize: 12}, auth: 'optional', ...options}),
  ]);
  const found = new Map();
  for (const {variant, title, media, product} of direct.items ?? []) {
    found.set(variant.sku, {sku: variant.sku, gtin: variant.gtin, title, price: variant.price, media: media ?? variant.media?.[0], product});
  }
  for (const {product} of search.results ?? []) {
    for (const variant of product.variants ?? []) {
      if (found.has(variant.sku)) continue;
      const title = variant.title ? `${product.title}, ${variant.title}` : product.title;
      found.set(variant.sku, {sku: variant.sku, gtin: variant.gtin, title, price: variant.price, media: variant.media?.[0] ?? product.media?.[0], product: product.name});
    }
  }
  return [...found.values()];
}
