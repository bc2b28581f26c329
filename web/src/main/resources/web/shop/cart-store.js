/**
 * The cart: what is shown = the last state from the server + the operations not yet answered, by id. Operations are
 * kept in localStorage, so they survive a reload and a lost connection; one tab sends at a time, in order. A refused
 * operation becomes a sentence, it does not restore an older picture.
 *
 * Announces `change`, and `remote` with detail {lines, removed} when something changed elsewhere.
 */
import {ApiError, explain, newId} from 'filo/api.js';
import {underLock} from 'filo/session.js';
import {addMoney, timesMoney} from 'filo/format.js';

const OPS = 'filo.cart.ops';
export const CART_TOPIC = 'customers/me/cart';
const PATH = '/v1/customers/me/cart';
const SETTLE_MS = 3000;
const RETRY_MS = [1000, 2000, 5000, 10_000, 30_000];

/** Applies operations to a server's cart as the server would, for showing. */
export function project(cart, ops) {
  let lines = (cart?.lines ?? []).map((line) => ({...line, quantity: Number(line.quantity ?? 0)}));
  for (const op of ops) {
    if (op.add) {
      const line = lines.find((each) => each.sku === op.add.sku);
      if (line) Object.assign(line, {quantity: line.quantity + op.add.quantity, pending: true});
      else lines = [...lines, {...op.hint, id: `op:${op.id}`, sku: op.add.sku, quantity: op.add.quantity, pending: true}];
    } else if (op.setQuantity) {
      const line = lines.find((each) => each.id === op.setQuantity.line);
      if (line) Object.assign(line, {quantity: op.setQuantity.quantity, pending: true});
    } else if (op.remove || op.saveForLater) {
      lines = lines.filter((each) => each.id !== (op.remove ?? op.saveForLater).line);
    } else if (op.moveToCart) {
      const saved = cart?.savedLines?.find((each) => each.id === op.moveToCart.line);
      if (saved && !lines.some((each) => each.id === saved.id)) lines = [...lines, {...saved, pending: true}];
    } else if (op.accept) {
      const proposal = cart?.proposals?.find((each) => each.id === op.accept.proposal);
      if (proposal) lines = [...lines, {...proposal, id: `op:${op.id}`, pending: true}];
    }
  }
  return lines.filter((line) => line.quantity > 0);
}

const KINDS = ['add', 'setQuantity', 'remove', 'saveForLater', 'moveToCart', 'accept', 'decline'];

export class CartStore extends EventTarget {
  /** The last cart from the server; null before the first. */
  server = null;
  /** Why it could not be read, when it could not. */
  error;
  /** Sentences about refused operations: [{id, text, sku}]. */
  refusals = [];
  /** True while operations wait because the shop cannot be reached. */
  waiting = false;
  #api;
  #session;
  #live;
  #ops = [];
  #events = 0;
  #sending = null;
  #attempt = 0;
  #timer;
  #subscribed = false;
  #waiting = null;
  #waitingTimer;

  constructor({session, api, live}) {
    super();
    this.#api = api;
    this.#session = session;
    this.#live = live;
    this.#ops = this.#stored();
    addEventListener('storage', (event) => {
      if (event.key !== OPS) return;
      this.#ops = this.#stored();
      if (!this.#ops.some((op) => op.sent)) this.#settle();
      this.#changed();
    });
    addEventListener('online', () => this.#send());
    session.events.addEventListener('change', ({detail}) => {
      if (detail.reason === 'guest') return;
      if (['signOut', 'expired'].includes(detail.reason)) this.#keep([]);
      this.server = null;
      this.#changed();
      if (session.known) this.start();
    });
  }

  /** Starts reading and watching, if there is a session or something to send; else the cart is empty by nature. */
  start() {
    if (!this.#session.known && !this.#ops.length) return;
    if (!this.#subscribed) {
      this.#subscribed = true;
      this.#live.subscribe([CART_TOPIC], ({kind, data}) => {
        if (kind === 'reset') this.read();
        else if (kind === 'cart' && data.cart) this.#heard(data.cart);
      });
    }
    this.read();
    if (this.#ops.length) this.#send();
  }

  /** Whether anything is known about the cart yet. */
  get known() { return this.server !== null || !this.#session.known; }

  get lines() { return project(this.server, this.#ops); }

  /** Pieces in the cart. */
  get count() { return this.lines.reduce((sum, line) => sum + line.quantity, 0); }

  get pending() { return this.#ops.length > 0; }

  /** The total; undefined while operations are under way: it is the server's to say. */
  get total() { return this.pending ? undefined : this.server?.total; }

  /** What the lines add up to as shown; for a first look only. */
  get estimate() {
    return this.lines.reduce((sum, line) => (line.unitPrice ? (sum ? addMoney(sum, timesMoney(line.unitPrice, line.quantity)) : timesMoney(line.unitPrice, line.quantity)) : sum), undefined);
  }

  /** Puts pieces of a SKU in; `hint` {title, unitPrice, media, product} shows the line before the server knows it. */
  add(sku, quantity = 1, hint = {}) { return this.#do({add: {sku, quantity}, hint}); }

  setQuantity(line, quantity) {
    // Several steps on one line in a row are one operation, as long as the first was not sent.
    const waiting = this.#ops.findLast((op) => op.setQuantity?.line === line && !op.sent);
    if (waiting) {
      this.#keep(this.#ops.map((op) => (op === waiting ? {...op, setQuantity: {line, quantity}} : op)));
      this.#changed();
      return this.#send();
    }
    return this.#do({setQuantity: {line, quantity}});
  }

  remove(line) { return this.#do({remove: {line}}); }

  /** Lines put by for later, as shown. */
  get saved() {
    const moved = this.#ops.flatMap((op) => (op.moveToCart ? [op.moveToCart.line] : []));
    const put = this.#ops.flatMap((op) => (op.saveForLater ? (this.server?.lines ?? []).filter((line) => line.id === op.saveForLater.line) : []));
    return [...(this.server?.savedLines ?? []).filter((line) => !moved.includes(line.id)), ...put.map((line) => ({...line, pending: true}))];
  }

  saveForLater(line) { return this.#do({saveForLater: {line}}); }

  moveToCart(line) { return this.#do({moveToCart: {line}}); }

  /** Lines somebody of the shop proposes, not answered yet. */
  get proposals() {
    const answered = this.#ops.flatMap((op) => [op.accept?.proposal, op.decline?.proposal]);
    return (this.server?.proposals ?? []).filter((each) => !answered.includes(each.id));
  }

  accept(proposal) { return this.#do({accept: {proposal}}); }

  decline(proposal) { return this.#do({decline: {proposal}}); }

  get warnings() { return this.server?.warnings ?? []; }

  dismiss(refusal) {
    this.refusals = this.refusals.filter((each) => each !== refusal);
    this.#changed();
  }

  /** Reads the cart; what an event brings meanwhile is newer and stays. */
  async read() {
    if (!this.#session.known) return;
    const before = this.#events;
    try {
      const cart = await this.#api.get(PATH);
      if (before === this.#events) this.#take(cart);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.error = error;
      this.#changed();
    }
  }

  #do(op) {
    this.#keep([...this.#stored(), {id: newId(), ...op}]);
    this.#changed();
    return this.#send();
  }

  #stored() {
    try { return JSON.parse(localStorage.getItem(OPS)) ?? []; } catch { return this.#ops; }
  }

  #keep(ops) {
    this.#ops = ops;
    try { ops.length ? localStorage.setItem(OPS, JSON.stringify(ops)) : localStorage.removeItem(OPS); } catch { /* memory keeps them */ }
  }

  #changed() { this.dispatchEvent(new Event('change')); }

  /**
   * An event came. While operations are under way nobody can tell whether it has them already: it waits for their
   * answer, for a moment, so that nothing is counted twice on the screen.
   */
  #heard(cart) {
    this.#events++;
    if (!this.#ops.some((op) => op.sent)) return this.#take(cart);
    if (!this.#waiting || !older(cart, this.#waiting)) this.#waiting = cart;
    clearTimeout(this.#waitingTimer);
    this.#waitingTimer = setTimeout(() => this.#settle(), SETTLE_MS);
  }

  /** Takes the event that waited, unless the answer said more. */
  #settle() {
    clearTimeout(this.#waitingTimer);
    const cart = this.#waiting;
    this.#waiting = null;
    if (cart && cart.etag !== this.server?.etag && !older(cart, this.server)) this.#take(cart);
  }

  /** Takes a cart of the server, done with some operations, and tells what changed that nobody did here. */
  #take(cart, done = []) {
    const first = this.server === null;
    const before = this.lines;
    if (done.length) this.#keep(this.#stored().filter((op) => !done.includes(op.id)));
    if (!older(cart, this.server)) this.server = cart;
    this.error = undefined;
    this.#changed();
    if (first) return;
    const after = this.lines;
    const lines = after.filter((line) => {
      const old = before.find((each) => each.id === line.id) ?? before.find((each) => each.sku === line.sku);
      return !old || old.quantity !== line.quantity;
    });
    const removed = before.filter((line) => !after.some((each) => each.id === line.id || each.sku === line.sku));
    if (lines.length || removed.length) this.dispatchEvent(new CustomEvent('remote', {detail: {lines, removed}}));
  }

  /** Sends what waits: one tab at a time, all in one batch; when a batch is refused, one by one to find which. */
  #send() {
    clearTimeout(this.#timer);
    this.#sending ??= underLock('filo-cart-send', () => this.#drain()).finally(() => { this.#sending = null; });
    return this.#sending;
  }

  async #drain() {
    let single = false;
    for (;;) {
      this.#ops = this.#stored();
      if (!this.#ops.length) return;
      const batch = single ? this.#ops.slice(0, 1) : this.#ops.slice(0, 50);
      const ids = batch.map((op) => op.id);
      this.#keep(this.#ops.map((op) => (ids.includes(op.id) ? {...op, sent: true} : op)));
      try {
        const operations = batch.map((op) => {
          const kind = KINDS.find((each) => op[each]);
          return {id: op.id, [kind]: op[kind]};
        });
        const cart = await this.#api.post(`${PATH}:apply`, {operations}, {idempotencyKey: ids.length === 1 ? ids[0] : `${ids[0]}.${ids.length}`});
        this.#attempt = 0;
        this.waiting = false;
        this.#take(cart, ids);
        if (!this.#ops.some((op) => op.sent)) this.#settle();
        if (!this.#subscribed) this.start();
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (error.passing || error.status === 401) {
          this.waiting = true;
          this.#keep(this.#stored().map((op) => ({...op, sent: undefined})));
          this.#changed();
          this.#timer = setTimeout(() => this.#send(), RETRY_MS[Math.min(this.#attempt++, RETRY_MS.length - 1)]);
          return;
        }
        if (batch.length > 1) {
          single = true;
          continue;
        }
        this.#keep(this.#stored().filter((op) => op.id !== ids[0]));
        this.refusals = [...this.refusals, {id: ids[0], text: explain(error), sku: batch[0].add?.sku ?? batch[0].hint?.sku}];
        this.#changed();
        this.read();
      }
    }
  }
}

/** Whether a cart is older than the one known: its etag counts up; where it does not, the newest to come wins. */
function older(cart, known) {
  const [a, b] = [cart, known].map((each) => /^(?:W\/)?"?(\d{1,15})"?$/.exec(each?.etag ?? '')?.[1]);
  return cart?.name === known?.name && a !== undefined && b !== undefined && Number(a) < Number(b);
}
