/** Customers who may be one person: the list, and one with what a merge would do. */
import {html, nothing} from 'lit';
import {repeat} from 'lit/directives/repeat.js';
import {ApiError, explain, newId} from 'filo/api.js';
import {confirm} from 'filo/dialog.js';
import {FiloElement, Load} from 'filo/element.js';
import * as format from 'filo/format.js';
import {icon} from 'filo/icons.js';
import {t} from 'filo/i18n.js';
import {announce, complain, emptyBlock, plain, shown, toast} from 'filo/ui.js';
import {api} from './state.js';
import {router} from './routes.js';
import {identifierList, nameOrGuest, typeWord} from './parts/identifiers.js';

const STATES = ['OPEN', 'MERGED', 'KEPT_APART'];
const idOf = (name) => name.split('/')[1];
const pathOf = (one) => `/desk/cases/${encodeURIComponent(idOf(one.name))}`;

class Cases extends FiloElement {
  static properties = {params: {attribute: false}, query: {attribute: false}, restored: {}, state: {state: true}, busy: {state: true}, more: {state: true}};
  #keys = new Map();

  constructor() {
    super();
    this.state = 'OPEN';
    this.list = new Load(this, (signal) => api.get('/v1/mergeCases', {query: {state: `STATE_${this.state}`, pageSize: 50}, signal}));
    this.one = new Load(this, (signal) => this.#read(signal));
  }

  connectedCallback() {
    super.connectedCallback();
    this.list.run();
    if (this.params?.case) this.one.run();
  }

  /** Another case is shown in the same page: the list stays where it is. */
  keepOn({params}) {
    this.params = params;
    this.one.data = undefined;
    if (params.case) this.one.run();
    return true;
  }

  languageChanged() { this.requestUpdate(); }

  /** The case; what of each is at other services, for the preview. One that does not answer says so. */
  async #read(signal) {
    const found = await api.get(`/v1/mergeCases/${encodeURIComponent(this.params.case)}`, {signal});
    if (!found.preview || found.preview.alreadyOne) return {found, things: new Map()};
    const things = new Map(await Promise.all([found.preview.stays, found.preview.moves].map(async (each) => [each.name, await this.#things(each.name, signal)])));
    return {found, things};
  }

  async #things(name, signal) {
    const read = (path, count) => api.get(path, {signal}).then(count, (error) => {
      if (error instanceof ApiError && error.status === 404) return 0;
      if (error instanceof ApiError) return undefined;
      throw error;
    });
    const [cart, reservations, messages] = await Promise.all([
      read(`/v1/${name}/cart`, (answer) => (answer.lines ?? []).length + (answer.savedLines ?? []).length),
      read(`/v1/${name}/reservations`, (answer) => (answer.reservations ?? []).length),
      read(`/v1/conversations/${idOf(name)}`, (answer) => Number(answer.messageCount ?? 0)),
    ]);
    return {cart, reservations, messages};
  }

  #choose(state) {
    this.state = state;
    this.list.data = undefined;
    this.list.run();
  }

  #tabKeys = (event) => {
    const step = {ArrowRight: 1, ArrowLeft: -1}[event.key];
    if (!step) return;
    event.preventDefault();
    this.#choose(STATES[(STATES.indexOf(this.state) + step + STATES.length) % STATES.length]);
    this.updateComplete.then(() => this.querySelector('[role="tab"][aria-selected="true"]')?.focus());
  };

  async #decide(found, decision) {
    const merge = decision === 'MERGE';
    const {stays, moves} = found.preview;
    const yes = await confirm({
      title: t(merge ? 'cases.mergeTitle' : 'cases.apartTitle'),
      text: t(merge ? 'cases.mergeText' : 'cases.apartText', {one: nameOrGuest(stays), other: nameOrGuest(moves)}),
      yes: t(merge ? 'cases.merge' : 'cases.apart'),
    });
    if (!yes) return;
    const key = `${found.name} ${found.etag} ${decision}`;
    if (!this.#keys.has(key)) this.#keys.set(key, newId());
    this.busy = true;
    try {
      await api.post(`/v1/${found.name}:decide`, {decision: `DECISION_${decision}`, etag: found.etag}, {idempotencyKey: this.#keys.get(key)});
      toast(t(merge ? 'cases.merged' : 'cases.keptApart'), {image: 'check'});
      router.go('/desk/cases');
    } catch (error) {
      complain(error);
      announce(explain(error));
      this.one.run();
    } finally {
      this.busy = false;
    }
    this.list.run();
  }

  render() {
    return html`<section class="cases" data-shows=${this.params?.case ? 'case' : 'list'}>
      <div class="cases-list"><header class="cases-head"><a class="button text" href="/desk">${icon('back', {size: 'small'})} ${t('cases.back')}</a><h1 tabindex="-1">${t('cases.title')}</h1></header>
        <div class="inbox-tabs" role="tablist" aria-label=${t('cases.title')} @keydown=${this.#tabKeys}>${STATES.map((state) => html`<button role="tab" id="cases-${state}" aria-controls="cases-panel" aria-selected=${state === this.state} tabindex=${state === this.state ? 0 : -1} @click=${() => this.#choose(state)}>${t(`cases.state.${state}`)}</button>`)}</div>
        <div class="inbox-list" role="tabpanel" id="cases-panel" aria-labelledby="cases-${this.state}">${shown(this.list, (answer) => (answer.mergeCases ?? []).length
          ? html`<ul class="inbox">${repeat(answer.mergeCases, (each) => each.name, (each) => this.#row(each))}</ul>`
          : emptyBlock({image: 'done', title: t(`cases.empty.${this.state}`), text: this.state === 'OPEN' ? t('cases.emptyText') : ''}), {skeleton: html`<div class="inbox-wait" aria-busy="true"><span class="skeleton"></span><span class="skeleton"></span></div>`})}</div></div>
      <div class="cases-one">${this.params?.case ? shown(this.one, (data) => this.#case(data), {skeleton: html`<div class="panel-wait"><span class="skeleton tall"></span></div>`})
        : html`<div class="desk-none">${emptyBlock({image: 'person', title: t('cases.noneTitle'), text: t('cases.noneText')})}</div>`}</div></section>`;
  }

  #row(each) {
    const shared = (each.shared ?? []).map(typeWord).join(', ');
    return html`<li><a class="inbox-row" href=${pathOf(each)} aria-current=${idOf(each.name) === this.params?.case ? 'true' : nothing}>
      <span class="inbox-line"><span class="inbox-name">${t('cases.same', {what: shared})}</span><span class="grow"></span><time class="muted small nowrap" datetime=${each.createTime}>${format.timeOrDay(each.createTime)}</time></span>
      <span class="inbox-text">${t(`cases.cause.${plain(each.cause, 'CAUSE_')}`)}</span>
      ${each.decideTime ? html`<span class="muted small">${t('cases.decided', {who: (each.decidedBy ?? '').replace(/^staff\//, ''), when: format.dayTime(each.decideTime)})}</span>` : nothing}</a></li>`;
  }

  #case({found, things}) {
    const {preview} = found;
    const shared = (found.shared ?? []).map(typeWord).join(', ');
    return html`<article class="case stack"><a class="button text cases-up" href="/desk/cases">${icon('back', {size: 'small'})} ${t('cases.title')}</a>
      <header><h2>${t('cases.same', {what: shared})}</h2><p class="muted">${t(`cases.why.${plain(found.cause, 'CAUSE_')}`)}</p></header>
      ${!preview ? html`<p class="note small">${icon('info', {size: 'small'})}<span>${t(`cases.state.${plain(found.state)}`)} · ${t('cases.decided', {who: (found.decidedBy ?? '').replace(/^staff\//, ''), when: found.decideTime ? format.dayTime(found.decideTime) : ''})}</span></p>`
        : preview.alreadyOne ? html`<p class="note small">${icon('info', {size: 'small'})}<span>${t('cases.alreadyOne')}</span></p>`
        : html`<div class="case-both">${this.#side(preview.stays, 'cases.stays', things)}${this.#side(preview.moves, 'cases.moves', things)}</div>
          ${(preview.consents ?? []).length ? html`<section><h3>${t('cases.consents')}</h3><ul class="facts">${preview.consents.map((each) => html`<li>${icon(each.granted ? 'check' : 'close', {size: 'small'})} <span class="grow">${t(`consent.purpose.${plain(each.purpose, 'PURPOSE_')}`)} · ${t(`consent.channel.${plain(each.channel, 'CHANNEL_')}`)}: ${t(each.granted ? 'consent.yes' : 'consent.no')}</span></li>`)}</ul></section>` : nothing}
          <p class="muted small">${t('cases.reversible')}</p>
          <div class="cluster case-acts"><button class="button primary" ?disabled=${this.busy} @click=${() => this.#decide(found, 'MERGE')}>${t('cases.merge')}</button>
            <button class="button" ?disabled=${this.busy} @click=${() => this.#decide(found, 'KEEP_APART')}>${t('cases.apart')}</button></div>`}</article>`;
  }

  #side(customer, head, things) {
    const has = things.get(customer.name) ?? {};
    const row = (image, key, count) => html`<li>${icon(image, {size: 'small'})} <span class="grow">${count === undefined ? t('cases.notKnown', {what: t(`cases.of.${key}`)}) : t(`cases.count.${key}`, {count})}</span></li>`;
    return html`<section class="card case-side"><p class="muted small">${t(head)}</p><h3>${nameOrGuest(customer)}</h3>
      <p class="cluster"><span class="tag ${customer.guest ? '' : 'accent'}">${customer.guest ? t('desk.guest') : t('cases.account')}</span> <span class="muted small">${t('cases.since', {day: format.day(customer.createTime)})}</span></p>
      ${identifierList(customer)}
      <ul class="facts">${row('cart', 'cart', has.cart)}${row('ticket', 'reservations', has.reservations)}${row('chat', 'messages', has.messages)}</ul></section>`;
  }
}
customElements.define('desk-cases', Cases);
