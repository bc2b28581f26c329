/** The page's database in this browser: acts on their way to the server, copies of what was read, and goods seen. */
import {openDB} from 'idb';

/** A write with these options is on disk, not merely on its way there, once it is done. */
export const STRICT = {durability: 'strict'};

let opened;

/** The open database: stores `acts` (by seq), `copies` (by key) and `goods` (by sku). */
export function database() {
  opened ??= openDB('filo-store', 2, {
    upgrade(database, from) {
      if (from < 1) database.createObjectStore('acts', {keyPath: 'seq', autoIncrement: true});
      if (from < 2) {
        database.createObjectStore('copies', {keyPath: 'key'});
        database.createObjectStore('goods', {keyPath: 'sku'}).createIndex('gtin', 'gtin');
      }
    },
    // A tab with a newer build needs the database: let go of it, and become that build.
    blocking() {
      opened?.then((database) => database.close());
      location.reload();
    },
    terminated() { opened = undefined; },
  });
  return opened;
}

const COPIES_MOST = 300;

/** What was kept under a key: {value, at}, or undefined. Never fails: without a database there are no copies. */
export async function copyOf(key) {
  try { return await (await database()).get('copies', key); } catch { return undefined; }
}

/** Keeps a copy for times without a network; the oldest go when there are many. */
export async function keepCopy(key, value) {
  try {
    const transaction = (await database()).transaction('copies', 'readwrite');
    await transaction.store.put({key, value, at: Date.now()});
    if (await transaction.store.count() > COPIES_MOST) {
      const all = await transaction.store.getAll();
      for (const old of all.sort((a, b) => a.at - b.at).slice(0, all.length - COPIES_MOST)) await transaction.store.delete(old.key);
    }
    await transaction.done;
  } catch { /* then there is none without a network */ }
}

/** Forgets copies and goods, at sign-out; acts stay until they are sent. */
export async function forgetCopies() {
  try {
    const transaction = (await database()).transaction(['copies', 'goods'], 'readwrite');
    await Promise.all([transaction.objectStore('copies').clear(), transaction.objectStore('goods').clear(), transaction.done]);
  } catch { /* none */ }
}
