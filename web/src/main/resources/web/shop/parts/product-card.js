/** A product in a list: picture, name, price, colours, and the nearest store that has it. */
import {html, nothing} from 'lit';
import {distance} from 'filo/format.js';
import {picture, idOf, price, stockBadge} from 'filo/ui.js';
import {t} from 'filo/i18n.js';
import {seen} from '../state.js';
import {swatch} from './swatch.js';

/** The picture of a product: of its first variant, else its own. */
export const mediaOf = (product, variant = product.variants?.[0]) => variant?.media?.[0] ?? product.media?.[0];

/** The lowest price; `from` when there are several. */
export function priceOf(product) {
  const all = (product.variants ?? []).map((each) => each.price).filter(Boolean);
  const value = (each) => Number(each.units ?? 0) + Number(each.nanos ?? 0) / 1e9;
  const lowest = all.reduce((a, b) => (a && value(a) <= value(b) ? a : b), undefined);
  return {lowest, several: all.some((each) => value(each) !== value(lowest))};
}

/** Where the nearest piece is: «1,2 km · Milano Buenos Aires». */
export const nearestText = (nearest) => [nearest.distanceMeters === undefined ? '' : distance(nearest.distanceMeters), nearest.title].filter(Boolean).join(' · ');

/** Carries the picture over to the product's page (a view transition). */
export const carryPicture = (event) => {
  document.querySelectorAll('.picture').forEach((each) => each.style.removeProperty('view-transition-name'));
  event.currentTarget.querySelector('.picture')?.style.setProperty('view-transition-name', 'product');
};

/**
 * @param {{product: object, nearest?: object}} result of a search
 * @param {{stockUnknown?: boolean, eager?: boolean, level?: number}} options
 */
export function productCard({product, nearest}, {stockUnknown = false, eager = false} = {}) {
  seen.set(product.name, product);
  const {lowest, several} = priceOf(product);
  const swatches = (product.variants ?? []).filter((each) => each.swatch);
  const stock = stockUnknown ? stockBadge({unknown: true})
    : nearest ? stockBadge({available: nearest.available ?? 0}, nearestText(nearest)) : stockBadge({available: 0}, t('stock.nowhereNear'));
  return html`<article class="product-card">
    <a href="/products/${idOf(product.name)}" @click=${carryPicture}>
      ${picture(mediaOf(product), {eager, decorative: true})}
      <span class="product-text">
        <span class="product-title">${product.title}</span>
        <span class="product-price">${several ? html`<span class="muted">${t('price.from')}</span> ` : nothing}${price(lowest)}</span>
        <span class="product-stock">${stock}</span>
      </span>
    </a>
    ${swatches.length > 1 ? html`<p class="swatches small-swatches" aria-label=${t('product.colours', {count: swatches.length})} role="img">${swatches.slice(0, 6).map((each) => swatch(each.swatch))}${swatches.length > 6
      ? html`<span class="muted small">+${swatches.length - 6}</span>` : nothing}</p>` : nothing}
  </article>`;
}

/** The same box, empty, while it loads. */
export const productCardSkeleton = () => html`<div class="product-card" aria-hidden="true"><span class="picture skeleton"></span>
  <span class="product-text"><span class="skeleton line"></span><span class="skeleton line short"></span></span></div>`;
