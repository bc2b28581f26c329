/** What an order costs: before the voucher, the voucher, in all, and the VAT in it. */
import {html, nothing} from 'lit';
import * as format from 'filo/format.js';
import {lang, locale, t} from 'filo/i18n.js';
import {price} from 'filo/ui.js';

/** A rate in words: `22%`, `22 %`. */
export const rate = (basisPoints) => new Intl.NumberFormat(locale(), {style: 'percent', maximumFractionDigits: 2}).format((basisPoints ?? 0) / 10_000);

/** The sums of an order or of a quote. */
export const sums = (order) => html`<dl class="sums" lang=${lang}>
  ${order.discount ? html`<div><dt>${t('order.subtotal')}</dt><dd>${price(order.subtotal)}</dd></div>
    <div><dt>${order.voucher ? t('order.voucherOf', {code: order.voucher}) : t('order.voucher')}</dt><dd class="price">−${format.money(order.discount)}</dd></div>` : nothing}
  <div class="sums-total"><dt>${t('order.total')}</dt><dd class="total">${price(order.total)}</dd></div>
  ${(order.taxes ?? []).map((tax) => html`<div class="muted small"><dt>${t('order.vat', {rate: rate(tax.vatBasisPoints)})}</dt><dd>${price(tax.vat)}</dd></div>`)}</dl>`;
