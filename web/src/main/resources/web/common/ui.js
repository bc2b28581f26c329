/** Small shared pieces of every app: stock, pictures, QR, empty and failed states, toasts, the announcer, the live dot. */
import {html, nothing, render} from 'lit';
import {glyph, icon} from './icons.js';
import {i18n, t, languages, lang, setLang} from './i18n.js';
import {ApiError, explain} from './api.js';
import * as format from './format.js';

/** `STATE_HELD` → `HELD`: an enum value's own name, whichever way it is spelt on the wire. */
export const plain = (value, prefix = 'STATE_') => (value ?? '').startsWith(prefix) ? value.slice(prefix.length) : value ?? '';

/** The last part of a resource name: `stores/milano` → `milano`. */
export const idOf = (name) => String(name ?? '').split('/').pop();

/**
 * Which of the five stock states holds.
 * @param {{available?: number, incomingTime?: string, unknown?: boolean}} level `unknown` is an outage, never "none"
 */
export function stockState({available, incomingTime, unknown}) {
  if (unknown || available === undefined || available === null) return 'unknown';
  if (available > 1) return 'available';
  if (available === 1) return 'last';
  return incomingTime ? 'incoming' : 'none';
}

/** The words of a stock state: «Disponibile», «Ultimo pezzo», «In arrivo 28 nov», «Non disponibile», «Non so». */
export function stockText(level) {
  const state = stockState(level);
  if (state === 'incoming') return t('stock.incoming', {day: format.shortDay(level.incomingTime)});
  return t(`stock.${state}`);
}

/** A stock badge: glyph, word and (for 2 to 9 pieces) how many. `more` adds a place, a distance or an age. */
export function stockBadge(level, more) {
  const state = stockState(level);
  const count = state === 'available' && level.available < 10 ? html` <span class="count">· ${t('stock.pieces', {count: level.available})}</span>` : nothing;
  return html`<span class="stock ${state}">${glyph(state)}<span><span class="word">${stockText(level)}</span>${count}${more ? html` <span class="more">${more}</span>` : nothing}</span></span>`;
}

/** The age of a number: «alle 10:42». */
export const asOf = (time) => time ? html`<span class="muted small as-of">${t('stock.asOf', {time: format.timeOrDay(time)})}</span>` : nothing;

/** An amount of money. */
export const price = (value) => html`<span class="price">${format.money(value)}</span>`;

/**
 * The slot of a product's picture, 4:3; a drawing stands in when there is none or it does not load.
 * @param {{uri?: string, alt?: string}} media
 * @param {{eager?: boolean, decorative?: boolean}} options decorative: the name stands beside it
 */
export function picture(media, {eager = false, decorative = false} = {}) {
  return html`<span class="picture">${icon('sofa')}${media?.uri
    ? html`<img src=${media.uri} alt=${decorative ? '' : media.alt ?? ''} width="400" height="300" decoding="async"
        loading=${eager ? 'eager' : 'lazy'} fetchpriority=${eager ? 'high' : 'auto'} @error=${(event) => { event.target.hidden = true; }} @load=${(event) => { event.target.hidden = false; }}>`
    : nothing}</span>`;
}

/** A QR code drawn by the server (an SVG document), as a picture: its markup never enters the page. */
export const qr = (svgText, alt) => svgText
  ? html`<span class="qr"><img src="data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgText)}" alt=${alt} width="220" height="220"></span>` : nothing;

/** Nothing here yet: what it is, what to do, one action. */
export const emptyBlock = ({image = 'box', title, text, action}) => html`<div class="block">
  ${icon(image, {size: 'large'})}<h2 class="block-title">${title}</h2>${text ? html`<p>${text}</p>` : nothing}${action ? html`<div class="actions">${action}</div>` : nothing}</div>`;

/** It did not work: what happened, what is kept, how to go on. */
export const errorBlock = (error, retry, {title} = {}) => html`<div class="block" role="alert">
  ${icon(error?.kind === 'offline' ? 'offline' : 'warning', {size: 'large'})}<h2 class="block-title">${title ?? t('error.title')}</h2><p>${explain(error)}</p>
  ${retry ? html`<div class="actions"><button class="button" @click=${retry}>${icon('refresh')} ${t('action.retry')}</button></div>` : nothing}</div>`;

/** A failed refresh above data that is kept: says how old it is. */
export const staleNote = (load) => load.error && load.data !== undefined ? html`<div class="note warn small stale" role="status">${icon('warning')}
  <span class="grow">${explain(load.error)} ${t('error.keptFrom', {time: format.timeOrDay(new Date(load.at))})}</span>
  <button class="link nowrap" @click=${() => load.run()}>${t('action.retry')}</button></div>` : nothing;

/** What to show while a Load is under way: nothing, then the skeleton, then words, then a way out. */
export function loadingBlock(load, skeleton) {
  if (load.phase === 'stuck') return html`<div class="block">${icon('clock', {size: 'large'})}<p role="status">${t('loading.stuck')}</p>
    <div class="actions"><button class="button" @click=${() => load.run()}>${icon('refresh')} ${t('action.retry')}</button></div></div>`;
  // The box keeps its size from the first moment; it is only seen after a while.
  return html`<div class=${load.phase === 'quiet' || load.phase === '' ? 'unseen' : ''} aria-busy="true">${skeleton}</div>${load.phase === 'slow' ? html`<p class="muted" role="status">${t('loading.slow')}</p>` : nothing}`;
}

/** The usual way to show a Load: loading, failed, or its data by `show`. */
export function shown(load, show, {skeleton = nothing, title} = {}) {
  if (load.data !== undefined) return html`${staleNote(load)}${show(load.data)}`;
  if (load.error) return errorBlock(load.error, () => load.run(), {title});
  return loadingBlock(load, skeleton);
}

// The announcer: one polite live region per app.

let region;
let announcing = Promise.resolve();

/** Says a short sentence to screen readers. */
export function announce(text) {
  if (!region) {
    region = document.createElement('div');
    region.className = 'visually-hidden';
    region.setAttribute('role', 'status');
    region.setAttribute('aria-live', 'polite');
    region.id = 'announcer';
    document.body.append(region);
  }
  announcing = announcing.then(() => new Promise((resolve) => {
    region.textContent = '';
    setTimeout(() => { region.textContent = text; setTimeout(resolve, 400); }, 60);
  }));
}

// Toasts

let toastBox;
let toasts = [];

function drawToasts() {
  if (!toastBox) {
    toastBox = document.createElement('div');
    toastBox.className = 'toasts';
    toastBox.popover = 'manual';
    toastBox.setAttribute('role', 'region');
    document.body.append(toastBox);
  }
  toastBox.setAttribute('aria-label', t('toasts'));
  render(html`<ul class="list">${toasts.map((each) => html`<li class="toast">${each.image ? icon(each.image) : nothing}<span class="grow">${each.text}</span>
    ${each.action ? html`<button class="button text" @click=${() => { dismiss(each); each.action.run(); }}>${each.action.label}</button>` : nothing}
    <button class="button text square" aria-label=${t('action.close')} @click=${() => dismiss(each)}>${icon('close', {size: 'small'})}</button></li>`)}</ul>`, toastBox);
  // Shown anew each time, so that it lies above a dialog opened meanwhile.
  if (toastBox.matches(':popover-open')) toastBox.hidePopover();
  if (toasts.length) toastBox.showPopover();
}

function dismiss(toast) {
  clearTimeout(toast.timer);
  toasts = toasts.filter((each) => each !== toast);
  drawToasts();
}

/** Shows a sentence for a while, announced; with an action it stays longer. One of a `kind` replaces the one before. */
export function toast(text, {action, image, kind, ms = action ? 10_000 : 5000} = {}) {
  const entry = {text, action, image, kind};
  for (const each of toasts) if (kind && each.kind === kind) clearTimeout(each.timer);
  toasts = [...toasts.filter((each) => !kind || each.kind !== kind).slice(-2), entry];
  entry.timer = setTimeout(() => dismiss(entry), ms);
  drawToasts();
  announce(action ? `${text} ${action.label}` : text);
  return () => dismiss(entry);
}

/** Says why something she did was refused, or did not arrive. What is no refusal is thrown on. */
export function complain(error, kind) {
  if (!(error instanceof ApiError)) throw error;
  toast(explain(error), {image: 'warning', kind});
}

/** Takes away what is shown: the person it was told to has gone. */
export function dropToasts() {
  for (const each of toasts) clearTimeout(each.timer);
  toasts = [];
  if (toastBox) drawToasts();
}

/** Lights an element up once: something changed elsewhere. */
export function glow(element) {
  element.classList.remove('glow');
  void element.offsetWidth;
  element.classList.add('glow');
  element.addEventListener('animationend', () => element.classList.remove('glow'), {once: true});
}

/** The live status in words: «dal vivo · 2 s fa». Give it live.status; draw it again every second or so. */
export function liveStatus(status) {
  const seconds = Math.max(0, Math.round((Date.now() - status.lastAt) / 1000));
  const text = status.state === 'live' ? t('live.on', {ago: format.ago(status.lastAt)})
    : status.lastAt ? t(`live.${status.state === 'offline' ? 'offlineSince' : 'offSince'}`, {time: format.time(new Date(status.lastAt))}) : t('live.off');
  return html`<span class="live ${status.state === 'live' ? 'on' : 'off'}" title=${status.state === 'live' && seconds > 20 ? t('live.quiet') : nothing}><span class="dot"></span>${text}</span>`;
}

/** The two languages as buttons that switch in place. */
export const languageSwitch = () => html`<span class="cluster" role="group" aria-label=${t('settings.language')}>${languages.map(({code, name}) => html`
  <button class="button text" lang=${code} aria-pressed=${code === lang} @click=${() => setLang(code)}>${name}</button>`)}</span>`;

const THEME = 'filo.theme';

/** The theme chosen: `auto`, `light` or `dark`. */
export const theme = () => document.documentElement.dataset.theme ?? 'auto';

/** Chooses the theme for this browser. */
export function setTheme(value) {
  if (value === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = value;
  try { value === 'auto' ? localStorage.removeItem(THEME) : localStorage.setItem(THEME, value); } catch { /* for this visit only */ }
  i18n.dispatchEvent(new Event('change'));
}

/** Applies the theme chosen earlier; `fallback` is the app's own (`light` in the store). */
export function applyTheme(fallback = 'auto') {
  let saved = null;
  try { saved = localStorage.getItem(THEME); } catch { /* none */ }
  const value = saved ?? fallback;
  if (value !== 'auto') document.documentElement.dataset.theme = value;
}

/** Three themes to choose from. */
export const themeSwitch = () => html`<span class="cluster" role="group" aria-label=${t('settings.theme')}>${['auto', 'light', 'dark'].map((value) => html`
  <button class="button text" aria-pressed=${value === theme()} @click=${() => setTheme(value)}>${t(`theme.${value}`)}</button>`)}</span>`;

/** Copies text and says so. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast(t('action.copied'), {image: 'check'});
  } catch {
    toast(text);
  }
}
