/** What was set aside and nobody will come for: where it stands, why, and that it is back in its place. */
import {html, nothing} from 'lit';
import {repeat} from 'lit/directives/repeat.js';
import {explain} from 'filo/api.js';
import {FiloElement} from 'filo/element.js';
import * as format from 'filo/format.js';
import {icon} from 'filo/icons.js';
import {has, t} from 'filo/i18n.js';
import {announce, emptyBlock, errorBlock, picture, plain, toast} from 'filo/ui.js';
import {here, now} from '../state.js';
import {putBackList} from '../put-back-list.js';
import {queue} from '../queue.js';

class PutBack extends FiloElement {
  constructor() {
    super();
    this.listen(putBackList, 'change');
  }

  render() {
    if (putBackList.error && !putBackList.known) return errorBlock(putBackList.error, () => putBackList.read());
    const all = putBackList.open;
    return html`<div class="page-head plain-head"><h1 tabindex="-1">${t('nav.putBack')} ${all.length ? html`<span class="muted count">${all.length}</span>` : nothing}</h1>${putBackList.asOf ? html`<span class="muted small">${t('stock.asOf', {time: format.timeOrDay(putBackList.asOf, here.about?.timeZone)})}</span>` : nothing}</div>
      <p class="muted stock-text">${t('putBack.text')}</p>
      ${!putBackList.known ? html`<span class="skeleton pick-skeleton" aria-busy="true"></span>`
        : all.length ? html`<ul class="pick-list put-back">${repeat(all, (each) => each.reservation, (each) => this.#row(each))}</ul>` : emptyBlock({image: 'done', title: t('putBack.empty'), text: t('putBack.emptyText')})}`;
  }

  #why(each) {
    const cause = plain(each.refusalCause);
    return has(`putBack.cause.${cause}`) && plain(each.state) === 'REFUSED' ? t(`putBack.cause.${cause}`) : t(`putBack.why.${plain(each.state)}`);
  }

  #row(each) {
    return html`<li class="card pick-row" tabindex="-1" data-name=${each.reservation}><div class="pick-head"><h2 class="pick-who">${each.shelf || t('putBack.noShelf')}</h2><p class="pick-when muted">${each.sinceTime ? format.ago(each.sinceTime, now()) : nothing}</p></div>
      <p class="due">${icon('info', {size: 'small'})} <span>${this.#why(each)}${each.customerDisplayName ? html` · ${each.customerDisplayName}` : nothing}</span></p>
      <ul class="pick-lines small-lines">${(each.lines ?? []).map((line) => html`<li><span class="line-picture">${picture(line.mediaUri ? {uri: line.mediaUri} : undefined, {decorative: true})}</span>
        <span class="quantity ${(line.quantity ?? 1) > 1 ? 'several' : ''}">${line.quantity ?? 1} ×</span><span class="grow"><span class="line-title">${line.title || line.sku}</span><br><span class="muted small">${line.sku}</span></span></li>`)}</ul>
      <div class="pick-actions"><button class="button primary grow" @click=${() => this.#done(each)}>${icon('undo')} ${t('putBack.done')}</button></div></li>`;
  }

  async #done(each) {
    const rows = [...this.querySelectorAll('.pick-row')];
    const at = rows.findIndex((row) => row.dataset.name === each.reservation);
    (rows[at + 1] ?? rows[at - 1] ?? this.querySelector('h1')).focus({preventScroll: true});
    const what = (each.lines ?? []).map((line) => line.title || line.sku).join(', ');
    const outcome = await queue.add({kind: 'putBack', store: here.name, reservation: each.reservation, words: t('queue.putBack', {what})});
    if (outcome.state === 'refused') {
      toast(explain(outcome.error), {image: 'warning', kind: 'putBack'});
      putBackList.read();
    } else announce(t('putBack.isDone', {what}));
  }

  /** A single key of the page; true when it did something. */
  pressed(key) {
    const rows = [...this.querySelectorAll('.pick-row')];
    const at = rows.findIndex((row) => row.contains(document.activeElement));
    if (['j', 'k', 'ArrowDown', 'ArrowUp'].includes(key)) {
      if (!rows.length || (key.startsWith('Arrow') && at < 0)) return false;
      const next = rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + (key === 'j' || key === 'ArrowDown' ? 1 : -1)))];
      next.focus({preventScroll: true});
      next.scrollIntoView({block: 'nearest', behavior: 'instant'});
      return true;
    }
    if (key !== 'p' || at < 0) return false;
    const entry = putBackList.open.find((each) => each.reservation === rows[at].dataset.name);
    if (entry) this.#done(entry);
    return Boolean(entry);
  }
}
customElements.define('store-putback', PutBack);
