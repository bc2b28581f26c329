/** What no store has seen yet: whom to call about what, each with the way into the customer's conversation. */
import {html, nothing} from 'lit';
import {repeat} from 'lit/directives/repeat.js';
import {FiloElement} from 'filo/element.js';
import * as format from 'filo/format.js';
import {icon} from 'filo/icons.js';
import {t} from 'filo/i18n.js';
import {asOf, emptyBlock, errorBlock, idOf, picture} from 'filo/ui.js';
import {lineText} from 'filo/staff/staff.js';
import {allStores, person} from './state.js';
import {late, unseen} from './unseen.js';

/** Whether who is signed in made it: it escalates to her. */
const mine = ({createdBy}) => Boolean(createdBy?.principal) && createdBy.principal === person.claims?.name;

class UnseenPage extends FiloElement {
  static properties = {stores: {state: true}};

  constructor() {
    super();
    this.listen(unseen, 'change');
    this.whileConnected(() => {
      unseen.read();
      const timer = setInterval(() => { if (document.visibilityState === 'visible') this.requestUpdate(); }, 15_000);
      return () => clearInterval(timer);
    });
    allStores().then((stores) => { this.stores = stores; }, () => { /* times are shown in one's own zone, without a phone */ });
  }

  render() {
    const all = unseen.list;
    const [overdue, others] = [(all ?? []).filter(late), (all ?? []).filter((each) => !late(each))];
    return html`<section class="unseen-page" aria-labelledby="unseen-title"><header class="thread-head"><a class="button text square thread-back" href="/desk" aria-label=${t('thread.back')}>${icon('back')}</a>
        <div class="grow thread-who"><h1 id="unseen-title">${t('unseen.title')}</h1><p>${unseen.asOf ? asOf(unseen.asOf) : nothing}</p></div></header>
      <div class="unseen-list">${unseen.error && !all ? errorBlock(unseen.error, () => unseen.read())
        : !all ? html`<div class="inbox-wait" aria-busy="true">${[1, 2, 3].map(() => html`<span class="skeleton"></span>`)}</div>`
        : !all.length ? emptyBlock({image: 'done', title: t('unseen.none'), text: t('unseen.noneText')})
        : html`${this.#group('late', overdue)}${this.#group('due', others)}${unseen.more ? html`<p class="muted small">${t('unseen.more')}</p>` : nothing}`}</div></section>`;
  }

  #group(which, list) {
    if (!list.length) return nothing;
    return html`<h2 class="unseen-head ${which}">${which === 'late' ? icon('warning', {size: 'small'}) : nothing} ${t(`unseen.${which}`)} <span class="count">${list.length}</span></h2>
      <ul class="list unseen-rows">${repeat(list, (each) => each.name, (each) => this.#row(each))}</ul>`;
  }

  #row(each) {
    const store = this.stores?.get(each.store);
    const zone = store?.timeZone;
    const [line, ...others] = each.lines ?? [];
    const when = late(each) ? t('unseen.since', {time: format.timeOrDay(each.escalateTime, zone)}) : each.acknowledgeDueTime ? t('unseen.by', {time: format.dayTime(each.acknowledgeDueTime, zone)}) : '';
    return html`<li class="unseen-row ${late(each) ? 'late' : ''}" data-name=${each.name}><a class="unseen-link" href="/desk/c/${encodeURIComponent(idOf(each.customer))}?reservation=${encodeURIComponent(each.name)}">
        <span class="unseen-picture">${picture(line?.mediaUri ? {uri: line.mediaUri} : undefined, {decorative: true})}</span>
        <span class="grow unseen-text"><span class="card-title">${each.customerDisplayName || t('desk.guest')}${mine(each) ? html` <span class="tag accent">${t('unseen.mine')}</span>` : nothing}</span>
          <span>${line ? lineText(line) : ''}${others.length ? ` ${t('unseen.others', {count: others.length})}` : ''}</span>
          <span class="muted small">${[each.storeTitle, t('reservation.until', {until: format.dayTime(each.expireTime, zone)}), each.createdBy?.displayName].filter(Boolean).join(' · ')}</span>
          ${when ? html`<span class="small ${late(each) ? 'unseen-late' : 'muted'}">${when}</span>` : nothing}</span>${icon('right')}</a>
      ${store?.phone ? html`<a class="button" href="tel:${store.phone}" aria-label=${t('unseen.call', {store: each.storeTitle, phone: store.phone})}>${icon('phone', {size: 'small'})} <span class="num">${store.phone}</span></a>` : nothing}</li>`;
  }
}
customElements.define('desk-unseen', UnseenPage);
