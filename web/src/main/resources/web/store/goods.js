/** Goods by words, SKU or barcode; those seen once are found again without a network. */
import {ApiError} from 'filo/api.js';
import {findGoods} from 'filo/staff/staff.js';
import {database} from './db.js';
import {api} from './state.js';

const FOUND_MOST = 12;
let lately = new Set();

/** Remembers goods: [{sku, title, gtin, media, price}]; what is known of one and not said here stays. */
export async function remember(goods) {
  const news = goods.filter((each) => each.sku && each.title && !lately.has(each.sku + (each.gtin ?? '')));
  if (!news.length) return;
  if (lately.size > 2000) lately = new Set();
  for (const each of news) lately.add(each.sku + (each.gtin ?? ''));
  try {
    const transaction = (await database()).transaction('goods', 'readwrite');
    for (const {sku, title, gtin, media, price} of news) {
      const known = await transaction.store.get(sku);
      await transaction.store.put({...known, sku, title, ...(gtin ? {gtin} : {}), ...(media ? {media} : {}), ...(price ? {price} : {})});
    }
    await transaction.done;
  } catch { /* then they are not found without a network */ }
}

/** Among the goods seen before: by SKU, barcode or words of the title. */
export async function findSeen(words) {
  const text = words.trim().toLowerCase();
  if (!text) return [];
  const parts = text.split(/\s+/);
  const all = await (await database()).getAll('goods').catch(() => []);
  const exact = all.filter((each) => each.sku.toLowerCase() === text || each.gtin === text);
  const others = all.filter((each) => !exact.includes(each) && parts.every((part) => `${each.title} ${each.sku}`.toLowerCase().includes(part)));
  return [...exact, ...others].slice(0, FOUND_MOST);
}

/** Goods from the catalog; without a network, those seen before. */
export async function find(words, options = {}) {
  try {
    const found = await findGoods(api, words, options);
    remember(found);
    return found;
  } catch (error) {
    if (!(error instanceof ApiError) || error.status) throw error;
    const seen = await findSeen(words);
    if (!seen.length) throw error;
    return seen;
  }
}

/** One item by its SKU or barcode: {sku, title, …}; only `{gtin}` when it cannot be asked and was never seen. */
export async function findOne(code) {
  const found = await find(code).catch(async (error) => {
    if (!(error instanceof ApiError) || error.status) throw error;
    return [];
  });
  return found.find((each) => each.sku.toLowerCase() === code.toLowerCase() || each.gtin === code) ?? (found.length === 1 ? found[0] : undefined);
}
