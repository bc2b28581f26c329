/** The desk: sign-in, frame, inbox, keys and start. */
import {html, nothing} from 'lit';
import {addMessages, t} from 'filo/i18n.js';
import {FiloElement} from 'filo/element.js';
import {openDialog} from 'filo/dialog.js';
import {icon, mark} from 'filo/icons.js';
import {announce, applyTheme, dropToasts, emptyBlock, languageSwitch, liveStatus, themeSwitch} from 'filo/ui.js';
import {api, isAgent, isManager, live, person, session, setting} from './state.js';
import {drafts} from './drafts.js';
import {inbox} from './inbox.js';
import {unseen} from './unseen.js';
import {openConversation, router} from './routes.js';
import {forgetThreads} from './thread-store.js';
import 'filo/staff/sign-in.js';
import './parts/inbox-list.js';

applyTheme();
session.onLeave(dropToasts);

/** The pages of a manager who is no agent. */
const MANAGERS = ['/desk/vouchers', '/desk/staff'];

const keysOn = setting('keys', true);

/** Nothing chosen yet. */
class None extends FiloElement {
  render() { return html`<div class="desk-none">${emptyBlock({image: 'chat', title: t('desk.noneTitle'), text: t('desk.noneText')})}</div>`; }
}

class Desk extends FiloElement {
  static properties = {menu: {state: true}};

  #routing = false;

  constructor() {
    super();
    this.listen(person, 'change', () => this.#whoChanged());
    this.listen(inbox, 'change', () => this.#title());
    this.listen(unseen, 'change');
    this.listen(inbox, 'said', ({detail}) => this.#said(detail.conversation));
    this.listen(live.events, 'status');
    this.listen(router.events, 'change', () => { this.requestUpdate(); this.#title(); });
    this.listen(document, 'keydown', (event) => this.#keys(event));
    this.listen(document, 'click', (event) => { if (!event.target.closest?.('.desk-menu')) this.#closeMenu(); });
    // The words of the live status age.
    this.whileConnected(() => {
      const timer = setInterval(() => { if (isAgent() && document.visibilityState === 'visible') this.requestUpdate(); }, 1000);
      return () => clearInterval(timer);
    });
  }

  languageChanged() {
    this.#title();
    if (isAgent()) inbox.read();
  }

  #whoChanged() {
    if (isAgent()) {
      inbox.start();
      unseen.start();
    } else {
      inbox.stop();
      unseen.stop();
      forgetThreads();
      if (!isManager()) this.#routing = false;
    }
    this.#title();
    this.requestUpdate();
  }

  updated() {
    if (!isAgent() && !isManager() || this.#routing) return;
    this.#routing = true;
    // Who answers nobody makes vouchers and says who works here, and nothing else here.
    if (!isAgent() && !MANAGERS.some((path) => location.pathname.startsWith(path))) history.replaceState(null, '', '/desk/vouchers');
    router.start();
  }

  #title() {
    const unread = isAgent() ? inbox.unread : 0;
    document.title = `${unread ? `(${unread}) ` : ''}${t('desk.title')} · Filo`;
  }

  #said(conversation) {
    if (conversation.name === this.#current && document.visibilityState === 'visible') return;
    announce(t('desk.saidBy', {name: conversation.customerDisplayName || t('desk.guest')}));
  }

  get #current() {
    const id = router.current?.params.conversation;
    return id && `conversations/${id}`;
  }

  get #page() { return this.querySelector('desk-conversation'); }

  #keys(event) {
    if (!isAgent() || document.querySelector('dialog[open]')) return;
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      this.#find();
      return;
    }
    if (event.key === 'Escape') this.#closeMenu();
    if (!keysOn.get() || event.ctrlKey || event.metaKey || event.altKey || event.repeat && !'jk'.includes(event.key)) return;
    if (event.target.closest?.('input, textarea, select, [contenteditable]')) return;
    const act = {
      j: () => this.#step(1), k: () => this.#step(-1), r: () => this.#page?.reply(), e: () => this.#page?.resolve(), '?': () => this.#sheet(),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  #step(by) {
    const list = this.querySelector('desk-inbox')?.shown ?? [];
    if (!list.length) return;
    const at = list.findIndex((each) => each.name === this.#current);
    const next = at < 0 ? list[0] : list[Math.min(list.length - 1, Math.max(0, at + by))];
    openConversation(next.name, {replace: Boolean(this.#current)});
  }

  #find = async () => {
    const {FindDialog} = await import('./parts/find-dialog.js');
    const chosen = await openDialog(new FindDialog());
    if (chosen?.conversation) openConversation(chosen.conversation);
    else if (chosen?.words) this.#page?.lookUp(chosen.words);
  };

  #sheet = async () => {
    const {KeysDialog} = await import('./parts/keys-dialog.js');
    openDialog(new KeysDialog());
  };

  /** The way to what no store has seen; red when somebody should have. */
  #unseen() {
    const count = unseen.list?.length ?? 0;
    if (!count && router.current?.route.tag !== 'desk-unseen') return nothing;
    const overdue = unseen.late;
    return html`<a class="button unseen-open ${overdue ? 'danger' : ''}" href="/desk/unseen" aria-label=${overdue ? t('unseen.openLate', {count: overdue}) : t('unseen.open', {count})}
      aria-current=${router.current?.route.tag === 'desk-unseen' ? 'page' : nothing}>${icon(overdue ? 'warning' : 'ticket', {size: 'small'})}<span class="unseen-word">${t('unseen.short')}</span> <span class="count">${overdue || count}</span></a>`;
  }

  #closeMenu() { this.querySelector('.desk-menu[open]')?.removeAttribute('open'); }

  #signOut = async () => {
    drafts.flush();
    this.#closeMenu();
    live.stop();
    await session.signOut();
    history.replaceState(null, '', '/desk');
  };

  render() {
    if (!person.known) return nothing;
    if (!isAgent() && isManager()) return this.#managers();
    if (!isAgent()) return html`<filo-staff-sign-in app="desk" .api=${api} .session=${session} .person=${person}></filo-staff-sign-in>`;
    return html`
      <a class="skip" href="#main">${t('desk.skip')}</a>
      <header class="desk-top">
        <a class="wordmark" href="/desk">${mark()}<span>Filo</span></a><span class="muted desk-app">${t('desk.title')}</span>
        <span class="grow"></span>
        ${liveStatus(live.status)}
        ${this.#unseen()}
        <button class="button desk-find" @click=${this.#find} aria-label=${t('desk.find')} aria-keyshortcuts="Control+K">${icon('search', {size: 'small'})}<span class="desk-find-word">${t('desk.find')}</span><kbd>Ctrl K</kbd></button>
        <details class="desk-menu"><summary class="button text" aria-label=${t('desk.menu')}><span class="face" aria-hidden="true">${initial(person.claims.displayName)}</span><span class="desk-name">${person.claims.displayName}</span>${icon('down', {size: 'small'})}</summary>
          <div class="desk-menu-box card stack-8"><p><strong>${person.claims.displayName}</strong><br><span class="muted small">${person.claims.name.replace(/^staff\//, '')}</span></p>
            ${languageSwitch()}${themeSwitch()}
            <label class="switch"><input type="checkbox" role="switch" .checked=${keysOn.get()} @change=${(event) => { keysOn.set(event.target.checked); this.requestUpdate(); }}> ${t('desk.keys')}</label>
            <a class="button text" href="/desk/vouchers" @click=${() => this.#closeMenu()}>${icon('tag', {size: 'small'})} ${t('vouchers.title')}</a>
            ${isManager() ? html`<a class="button text" href="/desk/staff" @click=${() => this.#closeMenu()}>${icon('key', {size: 'small'})} ${t('staff.title')}</a>` : nothing}
            <a class="button text" href="/desk/cases" @click=${() => this.#closeMenu()}>${icon('person', {size: 'small'})} ${t('cases.title')}</a>
            <button class="button text" @click=${() => { this.#closeMenu(); this.#sheet(); }}>${icon('bolt', {size: 'small'})} ${t('keys.title')}</button>
            <button class="button" @click=${this.#signOut}>${icon('signOut', {size: 'small'})} ${t('signIn.out')}</button></div></details>
      </header>
      <main class="desk" data-shows=${router.current?.params.conversation || router.current?.route.tag === 'desk-unseen' ? 'thread' : ['desk-cases', 'desk-staff', 'desk-vouchers'].includes(router.current?.route.tag) ? 'cases' : 'inbox'}>
        <desk-inbox .current=${this.#current}></desk-inbox>
        <div id="main" data-outlet tabindex="-1"></div>
      </main>`;
  }

  /** What a manager finds who is no agent. */
  #managers() {
    return html`<a class="skip" href="#main">${t('desk.skipMain')}</a>
      <header class="desk-top"><a class="wordmark" href="/desk/vouchers">${mark()}<span>Filo</span></a><nav class="cluster desk-pages" aria-label=${t('desk.pages')}>${[['vouchers', t('vouchers.title')], ['staff', t('staff.title')]].map(([page, title]) => html`<a class="button text" href=${`/desk/${page}`} aria-current=${router.current?.route.tag === `desk-${page}` ? 'page' : nothing}>${title}</a>`)}</nav><span class="grow"></span>
        <details class="desk-menu"><summary class="button text" aria-label=${t('desk.menu')}><span class="face" aria-hidden="true">${initial(person.claims.displayName)}</span><span class="desk-name">${person.claims.displayName}</span>${icon('down', {size: 'small'})}</summary>
          <div class="desk-menu-box card stack-8"><p><strong>${person.claims.displayName}</strong><br><span class="muted small">${person.claims.name.replace(/^staff\//, '')}</span></p>
            ${languageSwitch()}${themeSwitch()}
            <button class="button" @click=${this.#signOut}>${icon('signOut', {size: 'small'})} ${t('signIn.out')}</button></div></details></header>
      <main class="desk" data-shows="cases"><div id="main" data-outlet tabindex="-1"></div></main>`;
  }
}

const initial = (name) => (name || '?').trim().charAt(0).toUpperCase();

await addMessages((lang) => (lang === 'it' ? import('filo/it.js') : import('filo/en.js')));
await addMessages((lang) => (lang === 'it' ? import('filo/staff/it.js') : import('filo/staff/en.js')));
await addMessages((lang) => (lang === 'it' ? import('./it.js') : import('./en.js')));
await drafts.ready;
await person.read();
customElements.define('desk-none', None);
customElements.define('filo-desk', Desk);
if (isAgent()) {
  inbox.start();
  unseen.start();
}
