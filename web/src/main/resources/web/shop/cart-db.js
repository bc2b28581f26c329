/**
 * What the shop keeps of the cart in this browser: operations on their way to the server, and the last cart read, for
 * times without a network. Where a browser has no database, both live as long as the page.
 */
import {openDB} from 'idb';

// What was done a moment ago and is not in the database yet: a page may be left in that moment.
const YOUNG = 'filo.cart.young';

function young() {
  try { return JSON.parse(localStorage.getItem(YOUNG)) ?? []; } catch { return []; }
}

function keepYoung(ops) {
  try { ops.length ? localStorage.setItem(YOUNG, JSON.stringify(ops)) : localStorage.removeItem(YOUNG); } catch { /* memory keeps them */ }
}

/** Keeps an operation at once, until it is in the database. */
export function noteOp(op) { keepYoung([...young(), op]); }

// On disk, not merely on its way there, once a write is done.
const STRICT = {durability: 'strict'};

let opened;

function database() {
  opened ??= openDB('filo-shop', 1, {
    upgrade(database) {
      database.createObjectStore('ops', {keyPath: 'id'});
      database.createObjectStore('copies', {keyPath: 'key'});
    },
    blocking() { opened?.then((database) => database.close()); opened = undefined; },
    terminated() { opened = undefined; },
  });
  return opened;
}

const inOrder = (a, b) => a.at - b.at || (a.id < b.id ? -1 : 1);

/** All operations, in the order they were done; undefined without a database. */
export async function storedOps() {
  try {
    const left = young();
    const kept = await (await database()).getAll('ops');
    const ids = new Set(kept.map((op) => op.id));
    return [...kept, ...left.filter((op) => !ids.has(op.id))].sort(inOrder);
  } catch { return undefined; }
}

/** Keeps operations, in the place of those of the same ids. */
export async function putOps(ops) {
  try {
    const transaction = (await database()).transaction('ops', 'readwrite', STRICT);
    await Promise.all([...ops.map((op) => transaction.store.put(op)), transaction.done]);
    const ids = new Set(ops.map((op) => op.id));
    keepYoung(young().filter((op) => !ids.has(op.id)));
  } catch { /* memory keeps them */ }
}

/** Forgets operations by id; all without ids. */
export async function dropOps(ids) {
  keepYoung(ids ? young().filter((op) => !ids.includes(op.id)) : []);
  try {
    const transaction = (await database()).transaction('ops', 'readwrite', STRICT);
    await Promise.all([...(ids ? ids.map((id) => transaction.store.delete(id)) : [transaction.store.clear()]), transaction.done]);
  } catch { /* memory has forgotten them */ }
}

/** The last cart read: {cart, at}; undefined when there is none. */
export async function cartCopy() {
  try { return await (await database()).get('copies', 'cart'); } catch { return undefined; }
}

/** Keeps the last cart; without one forgets it. */
export async function keepCartCopy(cart) {
  try {
    if (cart) await (await database()).put('copies', {key: 'cart', cart, at: Date.now()});
    else await (await database()).delete('copies', 'cart');
  } catch { /* then there is none without a network */ }
}
