/** One conversation: the thread with its composer, and beside it everything to know about the customer. */
import {html, nothing} from 'lit';
import {FiloElement, Load} from 'filo/element.js';
import * as format from 'filo/format.js';
import {icon} from 'filo/icons.js';
import {t} from 'filo/i18n.js';
import {complain, errorBlock, loadingBlock, toast} from 'filo/ui.js';
import {lineText, stateTag} from 'filo/staff/staff.js';
import {allStores, api, person, zoneOf} from './state.js';
import {drafts} from './drafts.js';
import {inbox, stateOf} from './inbox.js';
import {threadOf} from './thread-store.js';
import {nameOf, waiting} from './parts/inbox-list.js';
import 'filo/thread.js';
import './parts/customer-panel.js';

const SETTLE_MS = 120;
const BURST_MS = 500;
const FRESH_MS = 30_000;

class Conversation extends FiloElement {
  static properties = {params: {attribute: false}, query: {attribute: false}, panel: {state: true}, saved: {state: true}, busy: {state: true}, draft: {state: true}};

  #thread;
  #unwatch;
  #settling;
  #burst;
  #reservations = new Map();
  #asked = new Set();
  #measured;
  #pointed;
  // The panel, where it is a sheet, ends above the composer.
  #sizes = new ResizeObserver(([{target}]) => this.style.setProperty('--composer', `${target.offsetHeight}px`));

  constructor() {
    super();
    this.panel = false;
    this.draft = '';
    this.context = new Load(this, (signal) => api.get(`/v1/${this.#name}/context`, {signal}));
    allStores().then(() => this.requestUpdate(), () => { /* times are shown in one's own zone */ });
    this.listen(inbox, 'change');
    this.listen(drafts, 'saved', ({detail}) => { if (detail.conversation === this.#name) this.saved = detail.kept; });
    this.listen(document, 'visibilitychange', () => this.#see());
    this.listen(document, 'keydown', (event) => { if (event.key === 'Escape' && this.panel && !event.defaultPrevented && !document.querySelector('dialog[open]')) this.#openPanel(false); });
    this.whileConnected(() => {
      const timer = setInterval(() => { if (document.visibilityState === 'visible' && !this.context.phase) this.context.run(); }, FRESH_MS);
      return () => {
        clearInterval(timer);
        this.#leave();
      };
    });
  }

  get #name() { return `conversations/${this.params.conversation}`; }

  keepOn() { return Boolean(this.params); }

  willUpdate(changed) {
    if (!changed.has('params') || this.#thread?.name === this.#name) return;
    const first = !this.#thread;
    this.#leave();
    this.#thread = threadOf(this.#name);
    this.draft = drafts.of(this.#name);
    this.saved = Boolean(this.draft);
    this.panel = false;
    this.context.cancel();
    this.context.data = undefined;
    this.context.error = undefined;
    this.#reservations.clear();
    this.#pointed = undefined;
    this.#asked.clear();
    this.#thread.addEventListener('change', this.#changed);
    this.#thread.addEventListener('news', this.#news);
    // Going through the list with the keys opens only the one where it stops.
    this.#settling = setTimeout(() => {
      this.#unwatch = this.#thread.watch();
      this.context.run().then(() => this.#took());
    }, first ? 0 : SETTLE_MS);
  }

  #leave() {
    clearTimeout(this.#settling);
    clearTimeout(this.#burst);
    this.#thread?.removeEventListener('change', this.#changed);
    this.#thread?.removeEventListener('news', this.#news);
    this.#unwatch?.();
    this.#unwatch = undefined;
    this.#thread = undefined;
  }

  updated(changed) {
    if (changed.has('params')) {
      this.querySelector('filo-thread')?.toEnd();
      this.#see();
    }
    this.#pointOut();
    // The Load is the same object whatever it holds.
    this.querySelector('desk-customer')?.requestUpdate();
    const field = this.querySelector('textarea');
    if (field && field.value !== this.draft) field.value = this.draft;
    const composer = this.querySelector('.composer');
    if (composer && composer !== this.#measured) {
      this.#measured = composer;
      this.#sizes.observe(composer);
    }
  }

  #changed = () => {
    this.requestUpdate();
    this.#see();
  };

  #news = () => {
    clearTimeout(this.#burst);
    this.#burst = setTimeout(() => this.context.run().then(() => this.#took()), BURST_MS);
  };

  #see() { if (this.#thread && document.visibilityState === 'visible') inbox.see(this.#thread.name); }

  #took() {
    for (const each of this.context.data?.reservations ?? []) this.#reservations.set(each.name, each);
    this.querySelector('filo-thread')?.requestUpdate();
  }

  /** Shows the reservation the address names, once it is there. */
  #pointOut() {
    const wanted = this.query?.get('reservation');
    if (!wanted || wanted === this.#pointed || !this.context.data) return;
    this.#pointed = wanted;
    this.panel = true;
    this.updateComplete.then(() => this.querySelector('desk-customer')?.pointOut(wanted));
  }

  // The keys of the desk

  /** Puts the cursor into the field. */
  reply() { this.querySelector('textarea')?.focus(); }

  /** Looks goods up in the panel. */
  lookUp(words) {
    this.#openPanel(true);
    this.updateComplete.then(() => this.querySelector('desk-customer')?.lookUp(words));
  }

  resolve() { return this.#act('resolve', t('thread.resolved')); }

  async #act(what, done) {
    if (this.busy || !this.#thread) return;
    this.busy = what;
    try {
      await this.#thread[what]();
      toast(done, {image: 'check', kind: 'thread'});
    } catch (error) {
      complain(error, 'thread');
    } finally {
      this.busy = undefined;
    }
  }

  #openPanel(open) {
    this.panel = open;
    this.updateComplete.then(() => this.querySelector(open ? '.panel-close' : '.panel-open')?.focus());
  }

  // Writing

  #typed = (event) => {
    this.draft = event.target.value;
    this.saved = false;
    drafts.put(this.#name, this.draft);
  };

  #keys = (event) => {
    if (event.key === 'Escape') return void event.target.blur();
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    event.preventDefault();
    this.#send(event.shiftKey);
  };

  async #send(thenResolve = false) {
    const text = this.draft.trim();
    if (!text) return;
    const thread = this.#thread;
    this.draft = '';
    this.saved = false;
    drafts.put(thread.name, '');
    this.reply();
    const sent = await thread.send(text);
    if (!thenResolve || !sent) return;
    try {
      await thread.resolve();
      toast(t('thread.resolved'), {image: 'check', kind: 'thread'});
    } catch (error) {
      complain(error, 'thread');
    }
  }

  // What is shown

  #attachment = (message) => {
    if (!message.subject?.startsWith('reservations/')) return undefined;
    const reservation = this.#reservation(message.subject);
    const line = reservation?.lines?.[0];
    return html`<div class="card reservation-card">${line?.mediaUri ? html`<img src=${line.mediaUri} alt="" width="64" height="48" loading="lazy">` : icon('ticket')}
      <div class="grow stack-4">${stateTag(message.subjectState)}
        <span class="card-title">${reservation ? reservation.lines.map(lineText).join(', ') : t('reservation.one')}</span>
        ${reservation ? html`<span class="muted small">${[reservation.storeTitle, reservation.expireTime && t('reservation.until', {until: format.dayTime(reservation.expireTime, zoneOf(reservation.store))})].filter(Boolean).join(' · ')}</span>` : nothing}
        ${message.staffOnly ? html`<span class="small">${t('thread.note')}</span>` : nothing}</div></div>`;
  };

  #reservation(name) {
    if (!this.#reservations.has(name) && !this.#asked.has(name)) {
      this.#asked.add(name);
      api.get(`/v1/${name}`).then((found) => {
        this.#reservations.set(name, found);
        this.querySelector('filo-thread')?.requestUpdate();
      }, () => { /* the card stands without details */ });
    }
    return this.#reservations.get(name);
  }

  render() {
    const thread = this.#thread;
    if (!thread) return nothing;
    const conversation = thread.conversation ?? inbox.get(this.#name);
    const customer = this.context.data?.customer;
    const name = [customer?.givenName, customer?.familyName].filter(Boolean).join(' ') || nameOf(conversation);
    const resolved = stateOf(conversation) === 'RESOLVED';
    const mine = conversation?.assignee === person.claims?.name;
    const other = conversation?.assignee && !mine ? conversation.assigneeDisplayName || t('thread.colleague') : '';
    return html`<section class="thread-pane" aria-label=${t('thread.title')}>
        <header class="thread-head">
          <a class="button text square thread-back" href="/desk" aria-label=${t('thread.back')}>${icon('back')}</a>
          <div class="grow thread-who"><h1>${name}</h1><p class="small muted">${resolved ? html`<span class="tag">${icon('done', {size: 'small'})} ${t('thread.isResolved')}</span>` : waiting(conversation)}
            ${mine ? t('thread.yours') : other ? t('thread.others', {name: other}) : resolved ? nothing : t('inbox.nobody')}</p></div>
          ${!mine && !resolved ? html`<button class="button" aria-busy=${this.busy === 'assign'} @click=${() => this.#act('assign', t('thread.assigned'))}>${icon('hand', {size: 'small'})} ${t('thread.assign')}</button>` : nothing}
          ${resolved ? nothing : html`<button class="button" aria-busy=${this.busy === 'resolve'} aria-keyshortcuts="e" @click=${() => this.resolve()}>${icon('check', {size: 'small'})} ${t('thread.resolve')}</button>`}
          <button class="button panel-open" aria-expanded=${this.panel} @click=${() => this.#openPanel(true)}>${icon('person', {size: 'small'})} ${t('panel.open')}</button>
        </header>
        ${thread.error && !thread.known ? errorBlock(thread.error, () => thread.read()) : !thread.known && !thread.messages.length ? html`<div class="grow">${loadingBlock({phase: 'skeleton'}, html`<div class="thread-wait"><span class="skeleton"></span><span class="skeleton"></span><span class="skeleton"></span></div>`)}</div>`
          : html`${thread.hasOlder ? html`<button class="button text thread-older" @click=${() => thread.readOlder().catch(complain)}>${t('thread.older')}</button>` : nothing}
          <filo-thread me="AGENT" show-channel .messages=${thread.messages} .attachment=${this.#attachment} .onRetry=${(message) => thread.send(message.text, message.key)}></filo-thread>`}
        ${other ? html`<p class="note small thread-note">${icon('agent', {size: 'small'})} ${t('thread.otherAnswers', {name: other})}</p>` : nothing}
        <form class="composer" @submit=${(event) => { event.preventDefault(); this.#send(); }}>
          <textarea class="input" rows="2" maxlength="4000" aria-label=${t('thread.writeTo', {name})} placeholder=${t('thread.write')} aria-keyshortcuts="r" @input=${this.#typed} @keydown=${this.#keys}></textarea>
          <div class="composer-row"><span class="muted small grow">${this.saved && this.draft ? t('thread.draftSaved') : html`<span class="key-hint">${t('thread.hint')}</span>`}</span>
            <button class="button" type="button" aria-disabled=${!this.draft.trim()} @click=${() => this.#send(true)}>${t('thread.sendResolve')}</button>
            <button class="button primary" type="submit" aria-disabled=${!this.draft.trim()}>${icon('send', {size: 'small'})} ${t('thread.send')}</button></div>
        </form>
      </section>
      <div class="panel-scrim" ?hidden=${!this.panel} @click=${() => this.#openPanel(false)}></div>
      <aside class="panel ${this.panel ? 'open' : ''}" aria-label=${t('panel.title')}>
        <div class="panel-top"><strong class="grow">${t('panel.title')}</strong><button class="button text square panel-close" aria-label=${t('action.close')} @click=${() => this.#openPanel(false)}>${icon('close')}</button></div>
        <desk-customer .name=${thread.customer} .context=${this.context} .conversation=${conversation} .refresh=${this.#news}></desk-customer>
      </aside>`;
  }
}
customElements.define('desk-conversation', Conversation);
