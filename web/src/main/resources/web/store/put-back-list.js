/** Goods on the shelf of prepared ones that nobody will come for, live; what waits in the queue as done is left out. */
import {LiveList} from './live-list.js';
import {queue} from './queue.js';

class PutBackList extends LiveList {
  constructor() {
    super('putBackList', 'entries');
    queue.addEventListener('change', () => this.changed());
    queue.addEventListener('answered', ({detail}) => {
      if (detail.act.kind === 'putBack' && detail.state === 'done') this.replace((all) => all.filter((each) => each.reservation !== detail.act.reservation));
    });
  }

  idOf(entry) { return entry.reservation; }

  /** What is left to put back, as it will be once what waits is sent. */
  get open() { return this.entries.filter((each) => !queue.about(each.reservation).some((act) => act.kind === 'putBack')); }
}

export const putBackList = new PutBackList();
