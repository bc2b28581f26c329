/** The store app: sign-in, choice of store, frame, scans and start. */
import {html, nothing} from 'lit';
import {addMessages, t} from 'filo/i18n.js';
import {FiloElement, Load} from 'filo/element.js';
import {confirm, openDialog} from 'filo/dialog.js';
import * as format from 'filo/format.js';
import {icon, mark} from 'filo/icons.js';
import {announce, applyTheme, dropToasts, languageSwitch, liveStatus, shown, themeSwitch, toast} from 'filo/ui.js';
import {allStores, api, here, isStaff, live, lookAtStream, person, session} from './state.js';
import {database, forgetCopies} from './db.js';
import {keysOn, letKeys, listenForKeys} from './keys.js';
import {net} from './net.js';
import {queue} from './queue.js';
import {pickList} from './pick-list.js';
import {putBackList} from './put-back-list.js';
import {mute, muted, ring} from './sound.js';
import {router} from './routes.js';
import 'filo/staff/sign-in.js';

applyTheme('light');
session.onLeave(dropToasts);

const PAGES = ['/store', '/store/handover', '/store/stock', '/store/count', '/store/putback'];

class StoreApp extends FiloElement {
  #routing;

  constructor() {
    super();
    this.stores = new Load(this, allStores);
    this.listen(person, 'change', () => this.#follow());
    this.listen(here, 'change', () => this.#follow());
    this.listen(pickList, 'change', () => { this.#title(); this.requestUpdate(); });
    this.listen(pickList, 'arrived', ({detail}) => this.#arrived(detail.entries));
    this.listen(putBackList, 'change');
    this.listen(queue, 'change');
    this.listen(queue, 'answered', ({detail}) => this.#answered(detail));
    this.listen(net, 'change', () => this.#netChanged());
    this.listen(live.events, 'status');
    this.listen(router.events, 'change', () => { this.requestUpdate(); this.#title(); });
    this.listen(document, 'click', (event) => { if (!event.target.closest?.('.menu')) this.#closeMenu(); });
    this.whileConnected(() => listenForKeys({scanned: (code) => this.#scanned(code), pressed: (key) => this.#pressed(key)}));
    this.whileConnected(() => {
      const timer = setInterval(() => {
        if (document.visibilityState !== 'visible') return;
        lookAtStream();
        this.requestUpdate();
      }, 3000);
      return () => clearInterval(timer);
    });
  }

  languageChanged() { this.#title(); }

  #follow() {
    const store = isStaff() ? here.name : undefined;
    pickList.follow(store);
    putBackList.follow(store);
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

  /** Said once each time: the sign at the top stays. */
  #netChanged() {
    announce(t(net.away ? 'store.wentAway' : 'store.cameBack', {count: queue.count}));
    if (!net.away) {
      pickList.read();
      putBackList.read();
    }
    this.requestUpdate();
  }

  /** An answer to something nobody waits for any more. */
  #answered({act, state, asked, elsewhere}) {
    if (asked || elsewhere) return;
    if (state === 'refused') {
      ring('no');
      toast(t('queue.refusedOne', {what: act.words}), {image: 'warning', action: {label: t('queue.look'), run: this.#queue}});
    } else if (!queue.count) toast(t('queue.allSent'), {image: 'check', kind: 'sent'});
  }

  #scanned = async (code) => {
    if (!isStaff() || !here.name) return;
    const {tag} = router.current?.route ?? {};
    const dialog = document.querySelector('dialog[open]');
    if (tag === 'store-count' && !dialog) return void router.current.element.scanned(code);
    if ((/^\d{12,14}$/.test(code) || tag === 'store-stock') && !dialog) {
      await router.go(`/store/stock?code=${encodeURIComponent(code)}`);
      return;
    }
    if (tag !== 'store-handover') await router.go('/store/handover');
    router.current.element.take(code);
  };

  /** A single key: the page's own first, then those of all pages. */
  #pressed(key) {
    if (!isStaff() || !here.name) return false;
    if (key === '?') {
      this.#keys();
      return true;
    }
    const page = router.current?.element;
    if (page?.pressed?.(key)) return true;
    if (key.startsWith('Arrow')) return false;
    if (/^[1-5]$/.test(key)) router.go(PAGES[key - 1]);
    else if (key === '/') this.#search();
    else if (key === 's') page?.scan ? page.scan() : router.go('/store/handover').then(() => router.current.element.scan?.());
    else if (key === 'q') this.#queue();
    else if (key === 'm') this.#mute();
    else return false;
    return true;
  }

  async #search() {
    if (!['store-stock', 'store-count'].includes(router.current?.route.tag) || new URLSearchParams(location.search).has('sku')) await router.go('/store/stock');
    this.querySelector('#main filo-goods-search input')?.focus();
  }

  #keys = async () => {
    this.#closeMenu();
    const {KeysDialog} = await import('./parts/keys-dialog.js');
    openDialog(new KeysDialog());
  };

  #mute() {
    mute(!muted());
    if (!muted()) ring('new');
    announce(t(muted() ? 'store.soundOff' : 'store.soundOn'));
    this.requestUpdate();
  }

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
    if (queue.waiting.some((each) => queue.mine(each))) return void toast(t('queue.noSignOut', {count: queue.count}), {image: 'warning', action: {label: t('queue.look'), run: this.#queue}});
    live.stop();
    await session.signOut();
    await forgetCopies();
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
    const waiting = queue.count;
    const refused = queue.refused.length;
    const {away} = net;
    return html`
      <a class="skip" href="#main">${t('store.skip')}</a>
      <header class="band band-${here.band}"><div class="band-row"><span class="band-mark">${mark()}</span><p class="band-name">${here.title}</p><span class="grow"></span>
        <button class="band-button" aria-pressed=${!muted()} aria-label=${t('store.sound')} @click=${() => this.#mute()}>${icon('bell')}<span class="band-word">${t(muted() ? 'store.soundOff' : 'store.soundOn')}</span></button>
        <details class="menu"><summary class="band-button" aria-label=${t('store.menu')}>${icon('settings')}</summary>
          <div class="menu-box card stack-8"><p><strong>${person.claims.displayName}</strong><br><span class="muted small">${person.claims.name.replace(/^staff\//, '')}</span></p>
            ${liveStatus(live.status)}${languageSwitch()}${themeSwitch()}
            <label class="switch"><input type="checkbox" role="switch" .checked=${keysOn()} @change=${(event) => letKeys(event.target.checked)}> <span>${t('keys.switch')}</span></label>
            <button class="button" @click=${this.#keys}>${icon('key')} ${t('keys.title')}</button>
            <button class="button" @click=${() => { this.#closeMenu(); this.#queue(); }}>${icon('clock')} ${t('queue.title')}</button>
            ${person.claims.stores.length > 1 ? html`<button class="button" @click=${this.#changeStore}>${icon('store')} ${t('store.change')}</button>` : nothing}
            <button class="button" @click=${this.#signOut}>${icon('signOut')} ${t('signIn.out')}</button></div></details></div></header>
      ${away || waiting || refused ? html`<div class="banner ${refused ? 'refused' : away ? 'away' : ''}" role="status"><div class="banner-row">${icon(refused ? 'warning' : away ? 'offline' : 'clock')}<span class="grow">${away ? html`<strong>${net.heardAt ? t('store.offlineSince', {time: format.timeOrDay(new Date(net.heardAt))}) : t('store.offline')}</strong> ` : nothing}
        ${refused ? html`<strong>${t('queue.refusedCount', {count: refused})}</strong> ` : nothing}${waiting ? t('queue.waits', {count: waiting}) : away ? t('store.offlineText') : nothing}</span>${queue.acts.length ? html`<button class="button" @click=${this.#queue}>${t('queue.look')}</button>` : nothing}</div></div>` : nothing}
      <main id="main" data-outlet tabindex="-1"></main>
      <nav class="nav" aria-label=${t('store.nav')}>${this.#nav('/store', 'list', t('nav.pick'), pickList.toPrepare.length)}${this.#nav('/store/handover', 'hand', t('nav.handover'))}${this.#nav('/store/stock', 'box', t('nav.stock'))}${this.#nav('/store/count', 'count', t('nav.count'))}${this.#nav('/store/putback', 'undo', t('nav.putBack'), putBackList.open.length)}</nav>`;
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
await person.read();
try {
  await database();
  await queue.start();
  pickList.follow(isStaff() ? here.name : undefined);
  putBackList.follow(isStaff() ? here.name : undefined);
  customElements.define('filo-store', StoreApp);
} catch (failure) {
  // Without a place to keep acts the page would lose some: better said than done.
  console.error(failure);
  const note = document.createElement('p');
  note.className = 'note danger unkept';
  note.setAttribute('role', 'alert');
  note.textContent = t('store.unkept');
  document.body.prepend(note);
}

// The copy for times without a network is made when nothing else is to be done.
const idle = globalThis.requestIdleCallback ?? ((work) => setTimeout(work, 2000));
const afterLoad = (work) => (document.readyState === 'complete' ? work() : addEventListener('load', work, {once: true}));
afterLoad(() => idle(async () => {
  const {registerWorker} = await import('filo/worker.js');
  const registration = await registerWorker('/store/sw.js', {scope: '/store'});
  registration?.active?.postMessage('copy');
}, {timeout: 5000}));
