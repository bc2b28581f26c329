/** The store app: sign-in, choice of store, frame, scans and start. */
import {html, nothing} from 'lit';
import {addMessages, t} from 'filo/i18n.js';
import {FiloElement, Load} from 'filo/element.js';
import {confirm, openDialog} from 'filo/dialog.js';
import * as format from 'filo/format.js';
import {icon, mark} from 'filo/icons.js';
import {announce, applyTheme, languageSwitch, liveStatus, shown, themeSwitch, toast} from 'filo/ui.js';
import {allStores, api, here, isStaff, live, person, session} from './state.js';
import {queue} from './queue.js';
import {pickList} from './pick-list.js';
import {mute, muted, ring} from './sound.js';
import {listenForScans} from './wedge.js';
import {router} from './routes.js';
import 'filo/staff/sign-in.js';

applyTheme('light');

class StoreApp extends FiloElement {
  #routing;

  constructor() {
    super();
    this.stores = new Load(this, allStores);
    this.listen(person, 'change', () => this.#follow());
    this.listen(here, 'change', () => this.#follow());
    this.listen(pickList, 'change', () => { this.#title(); this.requestUpdate(); });
    this.listen(pickList, 'arrived', ({detail}) => this.#arrived(detail.reservations));
    this.listen(queue, 'change');
    this.listen(queue, 'answered', ({detail}) => { if (detail.state === 'refused' && queue.acts.some((each) => each.key === detail.act.key)) toast(t('queue.refusedOne', {what: detail.act.words}), {image: 'warning', action: {label: t('queue.look'), run: () => this.#queue()}}); });
    this.listen(live.events, 'status');
    this.listen(window, ['online', 'offline']);
    this.listen(router.events, 'change', () => { this.requestUpdate(); this.#title(); });
    this.listen(document, 'click', (event) => { if (!event.target.closest?.('.menu')) this.#closeMenu(); });
    this.whileConnected(() => listenForScans((code) => this.#scanned(code)));
    this.whileConnected(() => {
      const timer = setInterval(() => { if (document.visibilityState === 'visible') this.requestUpdate(); }, 5000);
      return () => clearInterval(timer);
    });
  }

  languageChanged() { this.#title(); }

  #follow() {
    pickList.follow(isStaff() ? here.name : undefined);
    this.#title();
    this.requestUpdate();
  }

  updated() {
    const key = isStaff() ? here.name : undefined;
    if (!key) {
      this.#routing = undefined;
      return;
    }
    if (this.#routing === key) return;
    this.#routing = key;
    router.start();
  }

  #title() {
    const count = isStaff() && here.name ? pickList.toPrepare.length : 0;
    document.title = `${count ? `(${count}) ` : ''}${here.title || t('store.title')} · Filo`;
  }

  #arrived(reservations) {
    ring('new');
    const [one] = reservations;
    announce(reservations.length > 1 ? t('pick.arrivedMany', {count: reservations.length}) : t('pick.arrived', {what: one.lines?.[0]?.title ?? '', who: one.customerDisplayName || t('pick.noName')}));
    if (router.current?.route.tag !== 'store-pick') toast(t('pick.arrivedMany', {count: reservations.length}), {kind: 'arrived', image: 'bell', action: {label: t('pick.show'), run: () => router.go('/store')}});
  }

  #scanned = async (code) => {
    if (!isStaff() || !here.name) return;
    const goods = /^\d{12,14}$/.test(code) || router.current?.route.tag === 'store-stock';
    if (goods && !document.querySelector('dialog[open]')) {
      await router.go(`/store/stock?code=${encodeURIComponent(code)}`);
      return;
    }
    const {collect} = await import('./collect.js');
    if (router.current?.route.tag !== 'store-handover') await router.go('/store/handover');
    collect(code);
  };

  #closeMenu() { this.querySelector('.menu[open]')?.removeAttribute('open'); }

  #queue = async () => {
    const {QueueDialog} = await import('./parts/queue-dialog.js');
    openDialog(new QueueDialog());
  };

  #changeStore = async () => {
    this.#closeMenu();
    if (await confirm({title: t('store.changeTitle'), text: t('store.changeText', {store: here.title}), yes: t('store.change')})) here.choose(undefined);
  };

  #signOut = async () => {
    this.#closeMenu();
    if (queue.count) return void toast(t('queue.noSignOut', {count: queue.count}), {image: 'warning', action: {label: t('queue.look'), run: this.#queue}});
    pickList.forget();
    live.stop();
    await session.signOut();
    history.replaceState(null, '', '/store');
  };

  #nav(path, image, label, count = 0) {
    const current = location.pathname.replace(/\/$/, '') === path;
    return html`<a class="nav-item" href=${path} aria-current=${current ? 'page' : nothing}>${icon(image)}<span>${label}</span>${count ? html`<span class="badge">${count}</span>` : nothing}</a>`;
  }

  render() {
    if (!person.known) return nothing;
    if (!isStaff() || !person.claims.stores.length) return html`<filo-staff-sign-in app="store" .api=${api} .session=${session} .person=${person}></filo-staff-sign-in>`;
    if (!here.name) return this.#which();
    const waiting = queue.acts.length;
    const away = !navigator.onLine || live.status.state !== 'live' && live.status.lastAt && Date.now() - live.status.lastAt > 4000;
    return html`
      <a class="skip" href="#main">${t('store.skip')}</a>
      <header class="band band-${here.band}"><div class="band-row"><span class="band-mark">${mark()}</span><p class="band-name">${here.title}</p><span class="grow"></span>
        <button class="band-button" aria-pressed=${!muted()} aria-label=${t('store.sound')} @click=${() => { mute(!muted()); this.requestUpdate(); if (!muted()) ring('new'); }}>${icon('bell')}<span class="band-word">${t(muted() ? 'store.soundOff' : 'store.soundOn')}</span></button>
        <details class="menu"><summary class="band-button" aria-label=${t('store.menu')}>${icon('settings')}</summary>
          <div class="menu-box card stack-8"><p><strong>${person.claims.displayName}</strong><br><span class="muted small">${person.claims.name.replace(/^staff\//, '')}</span></p>
            ${liveStatus(live.status)}${languageSwitch()}${themeSwitch()}
            ${person.claims.stores.length > 1 ? html`<button class="button" @click=${this.#changeStore}>${icon('store')} ${t('store.change')}</button>` : nothing}
            <button class="button" @click=${this.#signOut}>${icon('signOut')} ${t('signIn.out')}</button></div></details></div></header>
      ${away || waiting ? html`<div class="banner ${away ? 'away' : ''}" role="status"><div class="banner-row">${icon(away ? 'offline' : 'clock')}<span class="grow">${away ? (live.status.lastAt ? t('store.offlineSince', {time: format.time(new Date(live.status.lastAt))}) : t('store.offline')) : nothing}
        ${waiting ? t('queue.waits', {count: waiting}) : nothing}</span>${waiting ? html`<button class="button" @click=${this.#queue}>${t('queue.look')}</button>` : nothing}</div></div>` : nothing}
      <main id="main" tabindex="-1"></main>
      <nav class="nav" aria-label=${t('store.nav')}>${this.#nav('/store', 'list', t('nav.pick'), pickList.toPrepare.length)}${this.#nav('/store/handover', 'hand', t('nav.handover'))}${this.#nav('/store/stock', 'box', t('nav.stock'))}</nav>`;
  }

  /** Several stores: which one is this? */
  #which() {
    if (!this.stores.data && !this.stores.phase && !this.stores.error) queueMicrotask(() => this.stores.run());
    return html`<main class="which" id="main"><div class="which-box stack"><h1>${t('store.which')}</h1>
      ${shown(this.stores, (all) => html`<ul class="stack-8">${person.claims.stores.map((name) => html`<li><button class="button wide which-store" @click=${() => here.choose(name)}>${icon('store')} <span class="grow">${all.get(name)?.title ?? name.split('/')[1]}<br><span class="muted small">${all.get(name)?.address}</span></span></button></li>`)}</ul>`)}</div></main>`;
  }
}

await addMessages((lang) => (lang === 'it' ? import('filo/it.js') : import('filo/en.js')));
await addMessages((lang) => (lang === 'it' ? import('filo/staff/it.js') : import('filo/staff/en.js')));
await addMessages((lang) => (lang === 'it' ? import('./it.js') : import('./en.js')));
await queue.start();
await person.read();
pickList.follow(isStaff() ? here.name : undefined);
customElements.define('filo-store', StoreApp);

// The copy for times without a network is made when nothing else is to be done.
const idle = globalThis.requestIdleCallback ?? ((work) => setTimeout(work, 2000));
const afterLoad = (work) => (document.readyState === 'complete' ? work() : addEventListener('load', work, {once: true}));
afterLoad(() => idle(async () => {
  const {registerWorker} = await import('filo/worker.js');
  const registration = await registerWorker('/store/sw.js', {scope: '/store'});
  registration?.active?.postMessage('copy');
}, {timeout: 5000}));
