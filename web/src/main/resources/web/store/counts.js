/** Counts begun and not yet noted, kept in this browser: another item, another page or a closed tab loses none. */
import {here} from './state.js';

const key = () => `filo.store.counts.${here.name}`;

const read = () => {
  try { return JSON.parse(localStorage.getItem(key())) ?? {}; } catch { return {}; }
};

let memory = {};

function write(all) {
  memory = all;
  try { localStorage.setItem(key(), JSON.stringify(all)); } catch { /* for this visit only */ }
}

/** What has been begun: [{item, found}]; the item has a `sku`, or only a `gtin` when it could not be asked. */
export const begun = () => Object.values({...memory, ...read()});

const nameOf = (item) => item.sku ?? item.gtin;

/** Pieces found so far of an item; undefined before the first. */
export const foundOf = (item) => ({...memory, ...read()})[nameOf(item)]?.found;

/** Keeps how many were found. */
export const keepFound = (item, found) => write({...memory, ...read(), [nameOf(item)]: {item, found}});

/** Forgets a count, once it was noted or given up. */
export function dropFound(item) {
  const {[nameOf(item)]: _, ...rest} = {...memory, ...read()};
  write(rest);
}
