/** The list of conversations, live, by tab; the longest waiting first. */
import {html, nothing} from 'lit';
import {repeat} from 'lit/directives/repeat.js';
import {FiloElement} from 'filo/element.js';
import * as format from 'filo/format.js';
import {icon} from 'filo/icons.js';
import {t} from 'filo/i18n.js';
import {authorKind} from 'filo/thread.js';
import {emptyBlock, errorBlock} from 'filo/ui.js';
import {person, setting} from '../state.js';
import {drafts} from '../drafts.js';
import {inbox, stateOf, TABS} from '../inbox.js';

const SOON_MS = 3 * 60_000;
const LATE_MS = 10 * 60_000;
const chosenTab = setting('tab', 'mine');

/** How long somebody waits, in words, with a colour and an icon that agree. */
export function waiting(conversation) {
  if (!conversation?.waitingSinceTime) return nothing;
  const since = Date.parse(conversation.waitingSinceTime);
  const ms = Date.now() - since;
  const [look, image] = ms > LATE_MS ? ['late', 'warning'] : ms > SOON_MS ? ['soon', 'clock'] : ['fresh', 'clock'];
  const minutes = Math.floor(ms / 60_000);
  const words = minutes < 1 ? t('inbox.waitsNow') : minutes < 60 ? t('inbox.waitsMinutes', {count: minutes})
    : minutes < 1440 ? t('inbox.waitsHours', {count: Math.floor(minutes / 60)}) : t('inbox.waitsDays', {count: Math.floor(minutes / 1440)});
  return html`<span class="waits ${look}">${icon(image, {size: 'small'})} ${words}</span>`;
}

/** The customer's name, or what she is. */
export const nameOf = (conversation) => conversation?.customerDisplayName || t('desk.guest');

export class InboxList extends FiloElement {
  static properties = {current: {}, tab: {state: true}};

  constructor() {
    super();
    this.tab = TABS.includes(chosenTab.get()) ? chosenTab.get() : 'mine';
    this.listen(inbox, 'change');
    this.listen(drafts, ['change', 'saved']);
    this.whileConnected(() => {
      const timer = setInterval(() => { if (document.visibilityState === 'visible') this.requestUpdate(); }, 15_000);
      return () => clearInterval(timer);
    });
  }

  /** The conversations as they are listed now. */
  get shown() { return inbox.list(this.tab); }

  #choose(tab) {
    this.tab = tab;
    chosenTab.set(tab);
    if (tab === 'resolved') inbox.readResolved();
  }

  firstUpdated() { if (this.tab === 'resolved') inbox.readResolved(); }

  updated(changed) {
    if (changed.has('current')) this.querySelector('[aria-current="true"]')?.scrollIntoView({block: 'nearest'});
  }

  #tabKeys = (event) => {
    const step = {ArrowRight: 1, ArrowLeft: -1}[event.key];
    if (!step) return;
    event.preventDefault();
    this.#choose(TABS[(TABS.indexOf(this.tab) + step + TABS.length) % TABS.length]);
    this.updateComplete.then(() => this.querySelector('[role="tab"][aria-selected="true"]')?.focus());
  };

  render() {
    const list = this.shown;
    return html`<h1 class="visually-hidden">${t('inbox.title')}</h1>
      <div class="inbox-tabs" role="tablist" aria-label=${t('inbox.title')} @keydown=${this.#tabKeys}>${TABS.map((tab) => {
        const count = tab === 'resolved' ? 0 : inbox.list(tab).length;
        return html`<button role="tab" id="tab-${tab}" aria-controls="inbox-panel" aria-selected=${tab === this.tab} tabindex=${tab === this.tab ? 0 : -1} @click=${() => this.#choose(tab)}>${t(`inbox.${tab}`)}${count
          ? html` <span class="count">${count}</span>` : nothing}</button>`;
      })}</div>
      <div class="inbox-list" role="tabpanel" id="inbox-panel" aria-labelledby="tab-${this.tab}">
        ${inbox.error && !inbox.known ? errorBlock(inbox.error, () => inbox.read()) : !inbox.known ? html`<div class="inbox-wait" aria-busy="true">${[1, 2, 3].map(() => html`<span class="skeleton"></span>`)}</div>`
          : list.length ? html`<ul class="inbox">${repeat(list, (each) => each.name, (each) => this.#row(each))}</ul>`
          : emptyBlock({image: this.tab === 'resolved' ? 'done' : 'chat', title: t(`inbox.empty.${this.tab}`), text: this.tab === 'resolved' ? '' : t('inbox.emptyText')})}
      </div>`;
  }

  #row(each) {
    const unread = inbox.isUnread(each) && stateOf(each) === 'OPEN';
    const message = each.lastMessage;
    const kind = message && authorKind(message);
    const draft = drafts.of(each.name);
    const mine = each.assignee && each.assignee === person.claims?.name;
    return html`<li><a class="inbox-row ${unread ? 'unread' : ''}" href="/desk/c/${encodeURIComponent(each.name.split('/')[1])}" aria-current=${each.name === this.current ? 'true' : nothing}>
      <span class="inbox-line"><span class="inbox-name">${nameOf(each)}</span>${each.customerGuest && each.customerDisplayName ? html`<span class="tag">${t('desk.guest')}</span>` : nothing}
        <span class="grow"></span>${unread ? html`<span class="unread-dot" role="img" aria-label=${t('inbox.unread')}></span>` : nothing}
        ${message ? html`<time class="muted small nowrap" datetime=${message.createTime}>${stamp(message.createTime)}</time>` : nothing}</span>
      <span class="inbox-text">${draft ? html`<span class="draft-word">${t('inbox.draft')}</span> ${draft}` : html`${kind === 'AGENT' ? html`<span class="muted">${mine ? t('inbox.you') : message.author?.displayName || t('author.agent')}:</span> ` : nothing}${message?.text}`}</span>
      <span class="inbox-line small">${waiting(each)}<span class="grow"></span>${each.assignee && !mine ? html`<span class="muted inbox-who">${icon('agent', {size: 'small'})} ${each.assigneeDisplayName}</span>`
        : !each.assignee && stateOf(each) === 'OPEN' ? html`<span class="muted">${t('inbox.nobody')}</span>` : nothing}</span>
    </a></li>`;
  }
}
customElements.define('desk-inbox', InboxList);

/** `10:42` today, `21 nov` before. */
function stamp(value) {
  return new Date(value).toDateString() === new Date().toDateString() ? format.time(value) : format.shortDay(value);
}
