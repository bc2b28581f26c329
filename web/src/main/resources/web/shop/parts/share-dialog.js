/** Links to a copy of the cart: made, copied, sent, taken back. */
import {html, nothing} from 'lit';
import {ApiError, explain, newId} from 'filo/api.js';
import {FiloDialog, openDialog} from 'filo/dialog.js';
import {Load} from 'filo/element.js';
import * as format from 'filo/format.js';
import {icon} from 'filo/icons.js';
import {t} from 'filo/i18n.js';
import {announce, shown, toast} from 'filo/ui.js';
import {api} from '../state.js';

const PATH = '/v1/customers/me/cart';

class ShareDialog extends FiloDialog {
  static properties = {busy: {state: true}, problem: {state: true}};
  #key = newId();

  constructor() {
    super();
    this.links = new Load(this, async (signal) => (await api.get(`${PATH}/links`, {signal})).links ?? []);
  }

  connectedCallback() {
    super.connectedCallback();
    this.links.run();
  }

  heading() { return t('share.title'); }

  body() {
    return html`<div class="stack"><p>${t('share.text')}</p>
      <button class="button primary wide" aria-busy=${this.busy ?? false} @click=${this.#make}>${icon('link')} ${t('share.make')}</button>
      ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing}
      ${shown(this.links, (links) => links.length ? html`<h3 class="small-head">${t('share.links')}</h3><ul class="list links">${links.map((each) => this.#link(each))}</ul>` : nothing)}</div>`;
  }

  #link(link) {
    const url = new URL(link.path, location.origin).href;
    const count = (link.lines ?? []).reduce((sum, line) => sum + (line.quantity ?? 0), 0);
    return html`<li class="share-link"><input class="input num" readonly .value=${url} aria-label=${t('share.linkOf', {time: format.timeOrDay(link.createTime)})} @focus=${(event) => event.target.select()}>
      <p class="small muted">${t('share.about', {pieces: t('share.pieces', {count}), until: format.day(link.expireTime)})}</p>
      <p class="cluster"><button class="button" @click=${() => this.#copy(url)}>${icon('copy')} ${t('action.copy')}</button>
        ${navigator.share ? html`<button class="button" @click=${() => navigator.share({url, title: t('share.subject')}).catch(() => { /* she thought better of it */ })}>${icon('share')} ${t('share.send')}</button>` : nothing}
        <button class="button text danger" @click=${() => this.#revoke(link)}>${t('share.revoke')}</button></p></li>`;
  }

  #make = async () => {
    if (this.busy) return;
    this.busy = true;
    this.problem = undefined;
    try {
      const link = await api.post(`${PATH}:share`, {}, {idempotencyKey: this.#key});
      this.#key = newId();
      this.links.set([link, ...(this.links.data ?? []).filter((each) => each.name !== link.name)]);
      announce(t('share.made'));
      await this.updateComplete;
      this.querySelector('.share-link input')?.focus();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.problem = explain(error);
    } finally {
      this.busy = false;
    }
  };

  async #copy(url) {
    try {
      await navigator.clipboard.writeText(url);
      toast(t('action.copied'), {image: 'check'});
    } catch {
      this.querySelector('.share-link input')?.focus();
    }
  }

  async #revoke(link) {
    try {
      await api.post(`${PATH}/links:revoke`, {link: link.name});
      this.links.set((this.links.data ?? []).filter((each) => each.name !== link.name));
      announce(t('share.revoked'));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.problem = explain(error);
    }
  }
}
customElements.define('shop-share-dialog', ShareDialog);

/** Opens it. */
export const shareCart = () => openDialog(new ShareDialog());
