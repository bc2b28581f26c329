/**
 * The cart: what is shown = the last state from the server + the operations not yet answered, by id. Operations are
 * kept in IndexedDB before they are sent, so they survive a reload and hours without a network; one tab at a time sends
 * them, in order, as a batch of which each stands by itself. A refused operation becomes a sentence, it does not
 * restore an older picture.
 *
 * Announces `change`; `remote` with detail {lines, removed} when something changed elsewhere; `overwrote` with detail
 * {line, quantity} when a quantity chosen here stands in the place of another device's.
 */
import {ApiError, explain, newId} from 'filo/api.js';
import {underLock} from 'filo/session.js';
import {addMoney, timesMoney} from 'filo/format.js';
import {cartCopy, dropOps, keepCartCopy, noteOp, putOps, storedOps} from './cart-db.js';

const CHANNEL = 'filo-cart';
export const CART_TOPIC = 'customers/me/cart';
const PATH = '/v1/customers/me/cart';
const BATCH_MOST = 100;
const SETTLE_MS = 3000;
const RETRY_MS = [1000, 2000, 5000, 10_000, 30_000];
const MADE_BY = 'op:';

/** What an operation is about, when it is about a line. */
const lineOf = (op) => (op.setQuantity ?? op.remove ?? op.saveForLater ?? op.moveToCart ?? op.note ?? op.chooseFulfilment)?.line;

/** An operation changed here: of two of one id the one changed more often is the newer. */
const changed = (op, what) => ({...op, ...what, changes: (op.changes ?? 0) + 1});

/** Applies operations to a server's lines as the server would, for showing: {lines, saved}. */
export function project(cart, ops) {
  const copy = (line) => ({...line, quantity: Number(line.quantity ?? 0)});
  let lines = (cart?.lines ?? []).map(copy);
  let saved = (cart?.savedLines ?? []).map(copy);
  // A line that an operation joined is named by that operation as well.
  const names = new Map();
  const named = (id) => names.get(id) ?? id;
  const find = (id) => lines.find((each) => each.id === id) ?? saved.find((each) => each.id === id);
  const put = (line, id) => {
    const there = lines.find((each) => each.sku === line.sku);
    if (there) {
      Object.assign(there, {quantity: there.quantity + line.quantity, pending: true});
      names.set(id, there.id);
    } else lines = [...lines, {...line, id, pending: true}];
  };
  for (const op of ops) {
    const id = named(lineOf(op));
    if (op.add) put({...op.hint, sku: op.add.sku, quantity: op.add.quantity}, `${MADE_BY}${op.id}`);
    else if (op.setQuantity) {
      const line = find(id);
      if (line) Object.assign(line, {quantity: op.setQuantity.quantity, pending: true});
    } else if (op.remove) {
      lines = lines.filter((each) => each.id !== id);
      saved = saved.filter((each) => each.id !== id);
    } else if (op.saveForLater) {
      const line = lines.find((each) => each.id === id);
      lines = lines.filter((each) => each !== line);
      if (line) saved = [...saved, {...line, pending: true}];
    } else if (op.moveToCart) {
      const line = saved.find((each) => each.id === id);
      saved = saved.filter((each) => each !== line);
      if (line) put(line, line.id);
    } else if (op.note) {
      const line = find(id);
      if (line) Object.assign(line, {note: op.note.note, pending: true});
    } else if (op.chooseFulfilment) {
      const line = find(id);
      if (line) Object.assign(line, {fulfilment: op.chooseFulfilment.fulfilment, pending: true});
    } else if (op.accept) {
      const proposal = cart?.proposals?.find((each) => each.id === op.accept.proposal);
      if (proposal) put(proposal, `${MADE_BY}${op.id}`);
    }
  }
  return {lines: lines.filter((line) => line.quantity > 0), saved: saved.filter((line) => line.quantity > 0)};
}

const KINDS = ['add', 'setQuantity', 'remove', 'saveForLater', 'moveToCart', 'note', 'chooseFulfilment', 'accept', 'decline',
  'applyVoucher', 'removeVoucher', 'undoMerge', 'allowEditing', 'endEditing'];

export class CartStore extends EventTarget {
  /** The last cart from the server; null before the first. */
  server = null;
  /** When the last cart is one of earlier, kept here: since when, in ms. */
  keptAt;
  /** Why it could not be read, when it could not. */
  error;
  /** What was refused: [{id, text, title}]. */
  refusals = [];
  /** True while operations wait because the shop cannot be reached. */
  waiting = false;
  #api;
  #session;
  #live;
  #ops = [];
  #loaded;
  #events = 0;
  #ordering = new Set();
  #sending = null;
  #attempt = 0;
  #timer;
  #subscribed = false;
  #waiting = null;
  #waitingTimer;
  #at = 0;
  #channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel(CHANNEL) : null;

  constructor({session, api, live}) {
    super();
    this.#api = api;
    this.#session = session;
    this.#live = live;
    this.#loaded = this.#load();
    this.#channel?.addEventListener('message', async () => {
      await this.#load();
      if (!this.#ops.some((op) => op.sent)) this.#settle();
      this.#changed();
    });
    for (const sign of ['online', 'offline']) {
      addEventListener(sign, () => {
        this.#changed();
        if (sign === 'online') {
          this.#send();
          this.read();
        }
      });
    }
    session.onLeave(() => this.#forget());
    session.events.addEventListener('change', ({detail}) => {
      if (detail.reason === 'guest') return;
      this.server = null;
      this.#changed();
      if (session.known) this.start();
    });
  }

  /** Starts reading and watching, if there is a session or something to send; else the cart is empty by nature. */
  async start() {
    await this.#loaded;
    if (!this.#session.known && !this.#ops.length) return;
    if (!this.#subscribed) {
      this.#subscribed = true;
      this.#live.subscribe([CART_TOPIC], ({kind, data}) => {
        if (kind === 'reset') this.read();
        else if (kind === 'cart' && data.cart) this.#heard(data.cart);
      });
    }
    if (!this.server) await this.#recall();
    this.read();
    if (this.#ops.length) this.#send();
  }

  /** Whether anything is known about the cart yet. */
  get known() { return this.server !== null || !this.#session.known; }

  /** Whether it is known that the shop cannot be reached. */
  get away() { return this.waiting || navigator.onLine === false; }

  /** How many changes are still to be sent. */
  get unsent() { return this.#ops.length; }

  get lines() { return project(this.server, this.#ops).lines; }

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
  add(sku, quantity = 1, hint = {}, campaign = undefined) { return this.#do({add: {sku, quantity, ...(campaign ? {campaign} : {})}, hint}); }

  async setQuantity(line, quantity) {
    // Several steps on one line in a row are one operation, as long as the first was not sent.
    const waiting = this.#ops.findLast((op) => lineOf(op) === line || op.add);
    if (waiting?.setQuantity && lineOf(waiting) === line && !waiting.sent) {
      Object.assign(waiting, changed(waiting, {setQuantity: {...waiting.setQuantity, quantity}}));
      this.#changed();
      await putOps([waiting]);
      this.#tell();
      return this.#send();
    }
    // As shown here, with what is on its way from here: that another device was overruled is said of nothing else.
    const seen = this.lines.find((each) => each.id === line)?.quantity ?? 0;
    return this.#do({setQuantity: {line, quantity, ...(seen ? {seenQuantity: seen} : {})}, about: this.#title(line)});
  }

  remove(line) { return this.#do({remove: {line}, about: this.#title(line)}); }

  /** Lines put by for later, as shown. */
  get saved() { return project(this.server, this.#ops).saved; }

  saveForLater(line) { return this.#do({saveForLater: {line}, about: this.#title(line)}); }

  moveToCart(line) { return this.#do({moveToCart: {line}, about: this.#title(line)}); }

  /** Writes a word on a line; an empty one takes it away. */
  note(line, note) { return this.#do({note: {line, note}, about: this.#title(line)}); }

  /** How a line should come: {kind: 'SHIP'}, {kind: 'PICKUP', store}, or {} for not chosen. */
  chooseFulfilment(line, fulfilment) { return this.#do({chooseFulfilment: {line, fulfilment}, about: this.#title(line)}); }

  /** The voucher on the cart; undefined when there is none, or it is on its way off. */
  get voucher() { return this.#ops.some((op) => op.removeVoucher) ? undefined : this.server?.voucher; }

  /** The code of a voucher on its way to the server. */
  get voucherComing() { return this.#ops.findLast((op) => op.applyVoucher)?.applyVoucher.code; }

  applyVoucher(code) { return this.#do({applyVoucher: {code}, about: code}); }

  removeVoucher(code) { return this.#do({removeVoucher: {code}}); }

  /** What came from other devices and can be undone. */
  get merges() {
    const undone = this.#ops.flatMap((op) => op.undoMerge?.merge ?? []);
    return (this.server?.merges ?? []).filter((each) => !undone.includes(each.id));
  }

  undoMerge(merge) { return this.#do({undoMerge: {merge}}); }

  /** Whether agents may edit: {expireTime, askedBy, askTime}; undefined when they may not and none asked. */
  get editGrant() { return this.#ops.some((op) => op.endEditing) ? undefined : this.server?.editGrant; }

  allowEditing() { return this.#do({allowEditing: {}}); }

  endEditing() { return this.#do({endEditing: {}}); }

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

  /** Takes a cart that another call answered. */
  take(cart) { this.#take(cart); }

  /** Reads the cart; what an event brings meanwhile is newer and stays. */
  async read() {
    if (!this.#session.known) return;
    const before = this.#events;
    const turn = this.#session.turn;
    try {
      const cart = await this.#api.get(PATH);
      if (before !== this.#events || turn !== this.#session.turn) return;
      // It may have what is on its way, also from a page that was left meanwhile.
      if (this.#ops.some((op) => op.sent)) this.#heard(cart);
      else this.#take(cart);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (turn !== this.#session.turn) return;
      this.error = error;
      this.#changed();
    }
  }

  #title(line) {
    const shown = project(this.server, this.#ops);
    return [...shown.lines, ...shown.saved].find((each) => each.id === line)?.title;
  }

  async #do(op) {
    const entry = {id: newId(), at: (this.#at = Math.max(Date.now(), this.#at + 1)), ...op};
    noteOp(entry);
    await this.#loaded;
    if (!this.#ops.some((each) => each.id === entry.id)) this.#ops = [...this.#ops, entry];
    this.#changed();
    await putOps([entry]);
    this.#tell();
    return this.#send();
  }

  /** Reads the operations kept; without a database those in memory stand. */
  async #load() {
    const turn = this.#session.turn;
    const stored = await storedOps();
    if (turn !== this.#session.turn) return this.#load();
    if (!stored) return;
    // What was done a moment ago may not be kept yet.
    const known = new Set(stored.map((op) => op.id));
    const young = this.#ops.filter((op) => !known.has(op.id) && !op.kept);
    // And what was changed while it was read is newer here.
    const newest = (op) => this.#ops.find((each) => each.id === op.id && (each.changes ?? 0) > (op.changes ?? 0)) ?? op;
    this.#ops = [...stored.map((op) => ({...newest(op), kept: true})), ...young];
  }

  /** The cart of earlier, when there is none of now. */
  async #recall() {
    const turn = this.#session.turn;
    const copy = await cartCopy();
    if (!copy || turn !== this.#session.turn || this.server || !this.#session.known) return;
    this.server = copy.cart;
    this.keptAt = copy.at;
    this.#changed();
  }

  #forget() {
    this.#ops = [];
    this.refusals = [];
    this.#waiting = null;
    dropOps().then(() => this.#tell());
    keepCartCopy(null);
  }

  async #done(ids) {
    this.#ops = this.#ops.filter((op) => !ids.includes(op.id));
    await dropOps(ids);
    this.#tell();
  }

  #tell() { this.#channel?.postMessage({}); }

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

  /** Says which SKUs are being ordered here: that they leave the cart is no news. None: no more. */
  ordering(skus) {
    this.#ordering = new Set(skus);
  }

  /** Takes a cart of the server, done with some operations, and tells what changed that nobody did here. */
  #take(cart, done = []) {
    const first = this.server === null || this.keptAt;
    const before = this.lines;
    if (done.length) this.#ops = this.#ops.filter((op) => !done.includes(op.id));
    if (!older(cart, this.server)) {
      this.server = cart;
      this.keptAt = undefined;
      keepCartCopy(cart);
    }
    this.error = undefined;
    this.#changed();
    if (first) return;
    const after = this.lines;
    const lines = after.filter((line) => {
      const old = before.find((each) => each.id === line.id) ?? before.find((each) => each.sku === line.sku);
      return !old || old.quantity !== line.quantity;
    });
    const removed = before.filter((line) => !after.some((each) => each.id === line.id || each.sku === line.sku))
      .filter((line) => !this.#ordering.delete(line.sku));
    if (lines.length || removed.length) this.dispatchEvent(new CustomEvent('remote', {detail: {lines, removed}}));
  }

  /** Sends what waits: one tab at a time, all in one batch, of which each operation stands by itself. */
  #send() {
    clearTimeout(this.#timer);
    this.#sending ??= underLock('filo-cart-send', () => this.#drain()).finally(() => { this.#sending = null; });
    return this.#sending;
  }

  async #drain() {
    for (;;) {
      await this.#load();
      if (!this.#ops.length) return;
      const batch = this.#ops.slice(0, BATCH_MOST).map((op) => changed(op, {sent: true}));
      const ids = batch.map((op) => op.id);
      this.#ops = [...batch, ...this.#ops.slice(batch.length)];
      await putOps(batch);
      const turn = this.#session.turn;
      try {
        const operations = batch.map((op) => {
          const kind = KINDS.find((each) => op[each]);
          return {id: op.id, [kind]: op[kind]};
        });
        const {cart, results = []} = await this.#api.post(`${PATH}:replay`, {operations}, {idempotencyKey: ids.length === 1 ? ids[0] : `${ids[0]}.${ids.length}`});
        this.#attempt = 0;
        this.waiting = false;
        await this.#rename(results);
        const still = this.#still(batch);
        if (turn === this.#session.turn) this.#take(cart, ids);
        this.#hear(still, results);
        await this.#done(ids);
        if (turn !== this.#session.turn) this.read();
        if (!this.#ops.some((op) => op.sent)) this.#settle();
        if (!this.#subscribed) this.start();
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        this.#ops = this.#ops.map((op) => changed(op, {sent: undefined}));
        if (error.passing || error.status === 401) {
          this.waiting = true;
          await putOps(this.#ops);
          this.#changed();
          this.#timer = setTimeout(() => this.#send(), RETRY_MS[Math.min(this.#attempt++, RETRY_MS.length - 1)]);
          return;
        }
        // None of it was done, and none would be the next time.
        this.refusals = [...this.refusals, ...this.#still(batch).map((op) => ({id: op.id, text: explain(error), title: title(op)}))];
        await this.#done(ids);
        this.#changed();
        this.read();
      }
    }
  }

  /** Those nobody has forgotten meanwhile: after a sign-out nothing more is said of them. */
  #still(batch) { return batch.filter((op) => this.#ops.some((each) => each.id === op.id)); }

  /** What was named by the operation that made it has its line's name from now on. */
  async #rename(results) {
    const names = new Map(results.filter((each) => each.line).map((each) => [`${MADE_BY}${each.id}`, each.line]));
    const sent = new Set(results.map((each) => each.id));
    const renamed = this.#ops.filter((op) => !sent.has(op.id) && names.has(lineOf(op))).map((op) => {
      const kind = KINDS.find((each) => op[each]);
      return changed(op, {[kind]: {...op[kind], line: names.get(lineOf(op))}});
    });
    if (!renamed.length) return;
    this.#ops = this.#ops.map((op) => renamed.find((each) => each.id === op.id) ?? op);
    await putOps(renamed);
  }

  /** Tells what was refused, and whose choice gave way. */
  #hear(batch, results) {
    const refused = [];
    for (const result of results) {
      const op = batch.find((each) => each.id === result.id);
      if (!op) continue;
      if (result.outcome === 'REFUSED') {
        const error = new ApiError('refused', {status: 409, reason: result.reason, detail: result.detail, metadata: {limit: 999, sku: op.add?.sku}});
        refused.push({id: op.id, text: explain(error), title: title(op)});
      } else if (result.overwroteQuantity) {
        this.dispatchEvent(new CustomEvent('overwrote', {detail: {title: title(op), line: result.line, before: result.overwroteQuantity, quantity: op.setQuantity?.quantity}}));
      }
    }
    if (!refused.length) return;
    this.refusals = [...this.refusals, ...refused];
    this.#changed();
  }
}

/** What an operation was about, in words, as far as it knows. */
const title = (op) => op.about ?? op.hint?.title ?? op.add?.sku;

/** Whether a cart is older than the one known: its etag counts up; where it does not, the newest to come wins. */
function older(cart, known) {
  const [a, b] = [cart, known].map((each) => /-(\d{1,15})"?$/.exec(each?.etag ?? '')?.[1]);
  return cart?.name === known?.name && a !== undefined && b !== undefined && Number(a) < Number(b);
}
