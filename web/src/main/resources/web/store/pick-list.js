/** The store's pick list, live, with what waits in the queue laid over it. */
import {plain} from 'filo/ui.js';
import {LiveList} from './live-list.js';
import {remember} from './goods.js';
import {now} from './state.js';
import {queue} from './queue.js';

/** From this long before its end something is urgent. */
const SOON_MS = 3 * 3_600_000;

/** Whether nobody at the store saw it in time, nor has since. */
export const escalated = (each) => Boolean(each.escalateTime && !each.acknowledgeTime && plain(each.state) === 'HELD');

/** Whether it ends soon. */
export const dueSoon = (each) => Date.parse(each.expireTime) - now() < SOON_MS;

/** Pieces of a line that are still to be handed over. */
export const left = (line) => (line.quantity ?? 1) - (line.collectedQuantity ?? 0);

const rank = (each) => (escalated(each) ? 0 : dueSoon(each) ? 1 : 2);
const time = (text) => Date.parse(text ?? '') || 0;

/** Escalated first, then what ends soon, each by its end; then the one that waits longest. */
const byUrgency = (a, b) => rank(a) - rank(b) || (rank(a) < 2 ? time(a.expireTime) - time(b.expireTime) : time(a.createTime) - time(b.createTime));

class PickList extends LiveList {
  constructor() {
    super('pickList', 'reservations');
    queue.addEventListener('change', () => this.changed());
    queue.addEventListener('answered', ({detail}) => { if (detail.answer?.name?.startsWith('reservations/')) this.#one(detail.answer); });
    this.addEventListener('change', () => remember(this.entries.flatMap((each) => each.lines ?? []).map((line) => ({sku: line.sku, title: line.title, media: line.mediaUri ? {uri: line.mediaUri} : undefined, price: line.unitPrice}))));
  }

  isNews(entry) { return plain(entry.state) === 'HELD'; }

  #one(reservation) {
    this.replace((all) => (['HELD', 'PREPARED'].includes(plain(reservation.state))
      ? all.map((each) => (each.name === reservation.name ? {...each, ...reservation} : each)) : all.filter((each) => each.name !== reservation.name)));
  }

  /** As the server said, and as it will be once what waits is sent; `waits` has the kinds of acts that wait. */
  get reservations() {
    return this.entries.map((each) => {
      const acts = queue.about(each.name);
      const found = {...each, state: plain(each.state), waits: acts.map((act) => act.kind)};
      for (const act of acts) {
        if (act.kind === 'acknowledge') found.acknowledgeTime ??= new Date(act.at).toISOString();
        if (act.kind === 'prepare') Object.assign(found, {state: 'PREPARED', acknowledgeTime: found.acknowledgeTime ?? new Date(act.at).toISOString(), shelf: act.shelf || found.shelf});
      }
      return found;
    });
  }

  get toPrepare() { return this.reservations.filter((each) => each.state === 'HELD' && !each.waits.includes('refuse')).sort(byUrgency); }
  get prepared() { return this.reservations.filter((each) => each.state === 'PREPARED' && !each.waits.includes('refuse')).sort((a, b) => time(a.expireTime) - time(b.expireTime)); }
  get(name) { return this.reservations.find((each) => each.name === name); }
}

export const pickList = new PickList();
