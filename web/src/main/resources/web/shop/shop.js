/** The shop: frame, routes and start. */
import {html, nothing} from 'lit';
import {addMessages, t} from 'filo/i18n.js';
import {FiloElement} from 'filo/element.js';
import {icon, mark} from 'filo/icons.js';
import {announce, applyTheme, dropToasts, languageSwitch, liveStatus, themeSwitch, toast} from 'filo/ui.js';
import {cart, live, me, session} from './state.js';
import {chat} from './chat-store.js';
import {router} from './routes.js';
import './parts/search-box.js';

applyTheme();
session.onLeave(dropToasts);

class Shop extends FiloElement {
  constructor() {
    super();
    this.listen(cart, 'change');
    this.listen(me, 'change');
    this.listen(chat, 'change');
    this.listen(live.events, 'status');
    this.listen(router.events, 'change', () => { this.requestUpdate(); this.#title(); });
    this.listen(cart, 'remote', ({detail}) => this.#remote(detail));
    this.listen(cart, 'overwrote', ({detail}) => toast(t('cart.overwrote', detail), {kind: 'cart', image: 'cart'}));
    // The words of the live status age.
    this.whileConnected(() => {
      const timer = setInterval(() => { if (live.status.lastAt && document.visibilityState === 'visible') this.requestUpdate(); }, 5000);
      return () => clearInterval(timer);
    });
  }

  languageChanged() {
    this.#title();
    cart.read();
  }

  firstUpdated() { router.start(); }

  #title() {
    const page = router.current?.element?.title_?.();
    document.title = page ? `${page} · Filo` : t('shop.title');
  }

  #remote({lines, removed}) {
    const line = lines[0] ?? removed[0];
    const key = lines.length ? 'cart.remoteChanged' : 'cart.remoteRemoved';
    const text = t(lines.length + removed.length > 1 ? 'cart.remoteMany' : key, {title: line.title ?? line.sku, quantity: line.quantity});
    if (router.current?.route.tag === 'shop-cart') announce(text);
    else toast(text, {kind: 'cart', image: 'cart', action: {label: t('cart.open'), run: () => router.go('/cart')}});
  }

  #openChat = async (event) => {
    event.preventDefault();
    const {openChat} = await import('./parts/chat-panel.js');
    openChat();
  };

  #nav(path, image, label, badge = 0, click) {
    const here = location.pathname === path || (path !== '/' && location.pathname.startsWith(`${path}/`));
    return html`<a class="nav-item" href=${path} aria-current=${here ? 'page' : nothing} @click=${click ?? nothing}>
      <span class="nav-icon">${icon(image)}</span><span class="nav-label">${label}</span>${badge ? html`<span class="badge">${badge}</span>` : nothing}</a>`;
  }

  render() {
    const route = router.current?.route.tag;
    const count = cart.count;
    const unread = route === 'shop-chat' ? 0 : chat.unread;
    const items = [
      this.#nav('/reservations', 'ticket', t('nav.reservations')),
      this.#nav('/cart', 'cart', t('nav.cart'), count),
      this.#nav('/account', 'person', me.customer?.givenName || t('nav.account')),
    ];
    return html`
      <a class="skip" href="#main">${t('nav.skip')}</a>
      <header class="top"><div class="column top-row">
        <a class="wordmark" href="/" aria-label=${t('nav.home')}>${mark()}<span>Filo</span></a>
        <div class="top-search">${route && route !== 'shop-home' ? html`<shop-search-box></shop-search-box>` : nothing}</div>
        <nav class="top-nav" aria-label=${t('nav.main')}>${items}</nav>
      </div></header>
      ${cart.away ? html`<div class="banner" role="status"><div class="column">${icon('offline')} ${cart.unsent ? t('cart.unsent', {count: cart.unsent}) : t('cart.away')}</div></div>` : nothing}
      <main id="main" class="column" tabindex="-1"></main>
      <footer class="foot"><div class="column foot-row">
        <span class="cluster">${languageSwitch()}</span>
        <span class="cluster">${themeSwitch()}</span>
        <span class="grow"></span>
        ${session.known && live.status.state !== 'off' ? liveStatus(live.status) : nothing}
      </div></footer>
      <nav class="tabs" aria-label=${t('nav.main')}>
        ${this.#nav('/search', 'search', t('nav.search'))}
        ${this.#nav('/reservations', 'ticket', t('nav.reservations'))}
        ${this.#nav('/chat', 'chat', t('nav.chat'), unread)}
        ${this.#nav('/cart', 'cart', t('nav.cart'), count)}
        ${this.#nav('/account', 'person', t('nav.account'))}
      </nav>
      ${route && route !== 'shop-chat' ? html`<aside class="chat-corner" aria-label=${t('chat.title')}><a class="button chat-button" href="/chat" @click=${this.#openChat}>${icon('chat')} ${t('nav.chat')}${unread
        ? html`<span class="badge">${unread}<span class="visually-hidden"> ${t('chat.unread')}</span></span>` : nothing}</a></aside>` : nothing}`;
  }
}

await addMessages((lang) => (lang === 'it' ? import('filo/it.js') : import('filo/en.js')));
await addMessages((lang) => (lang === 'it' ? import('./it.js') : import('./en.js')));
customElements.define('filo-shop', Shop);
me.read();
cart.start();
chat.start();

// The copy for times without a network is made when nothing else is to be done.
const idle = globalThis.requestIdleCallback ?? ((work) => setTimeout(work, 2000));
const afterLoad = (work) => (document.readyState === 'complete' ? work() : addEventListener('load', work, {once: true}));
afterLoad(() => idle(async () => {
  const {registerWorker} = await import('filo/worker.js');
  const registration = await registerWorker('/sw.js');
  registration?.active?.postMessage('copy');
}, {timeout: 5000}));
