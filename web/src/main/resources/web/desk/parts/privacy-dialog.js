/** A customer's devices and sessions, each with a way to end it; for managers also having her forgotten, as she asked. */
import {html, nothing} from 'lit';
import {act} from 'filo/act.js';
import {ApiError, newId} from 'filo/api.js';
import {confirm, FiloDialog, openDialog} from 'filo/dialog.js';
import {Load} from 'filo/element.js';
import * as format from 'filo/format.js';
import {icon} from 'filo/icons.js';
import {t} from 'filo/i18n.js';
import {deviceKind} from 'filo/session.js';
import {plain, shown, toast} from 'filo/ui.js';
import {api} from '../state.js';

export class PrivacyDialog extends FiloDialog {
  static properties = {busy: {state: true}, problem: {state: true}};
  #key = newId();

  constructor() {
    super();
    this.sessions = new Load(this, (signal) => api.get(`/v1/${this.customer}/sessions`, {query: {pageSize: 100}, signal}));
    // Only managers are told what erasing would do: whoever is not has nothing to decide here.
    this.preview = new Load(this, (signal) => api.get(`/v1/${this.customer}:previewErasure`, {signal, timeout: 30_000}).catch((error) => {
      if (error instanceof ApiError && error.status === 403) return null;
      throw error;
    }));
  }

  open() {
    this.sessions.run();
    this.preview.run();
    return super.open();
  }

  heading() { return t('privacy.title'); }

  body() {
    return html`<div class="stack">${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing}
      <h3 class="panel-sub">${t('privacy.sessions')}</h3>
      ${shown(this.sessions, ({sessions = []}) => sessions.length ? html`<ul class="facts">${sessions.map((each) => html`<li>${icon(deviceKind(each.device) === 'pc' ? 'pc' : 'phone', {size: 'small'})}
        <span class="grow">${this.#name(each)} <span class="muted small">${t('privacy.used', {time: format.dayTime(each.useTime)})}</span></span>
        <button class="link small" aria-label=${t('privacy.endOf', {device: this.#name(each)})} @click=${() => this.#end(each)}>${t('privacy.end')}</button></li>`)}</ul>
        <div><button class="button text" aria-busy=${this.busy ?? false} @click=${this.#endAll}>${icon('signOut')} ${t('privacy.endAll')}</button></div>` : html`<p class="muted">${t('privacy.noSessions')}</p>`, {skeleton: html`<span class="skeleton"></span>`})}
      ${shown(this.preview, (preview) => preview ? this.#forget(preview) : nothing, {skeleton: nothing})}</div>`;
  }

  #name(each) { return each.device || each.channel; }

  #forget(preview) {
    const all = (preview.receipts ?? []).flatMap((each) => each.treatments ?? []);
    const sum = (kind) => all.filter((each) => plain(each.kind, 'KIND_') === kind && each.category !== 'events').reduce((count, each) => count + Number(each.count ?? 0), 0);
    return html`<h3 class="panel-sub">${t('privacy.erase')}</h3><p>${t('privacy.eraseWhy', {erased: sum('ERASED'), anonymised: sum('ANONYMISED'), kept: sum('KEPT')})}</p>
      <form class="stack" @submit=${this.#erase}><div class="field"><label for="erase-reason">${t('privacy.reason')}</label>
        <input class="input" id="erase-reason" name="reason" required minlength="3" maxlength="200" autocomplete="off"><p class="hint">${t('privacy.reasonHint')}</p></div>
        <div><button class="button danger" aria-busy=${this.busy ?? false}>${t('privacy.eraseButton')}</button></div></form>`;
  }

  #act(work) { return act(this, work); }

  #end(each) {
    return this.#act(async () => {
      try {
        await api.delete(`/v1/${each.name}`);
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 404) throw error; // it has ended already
      }
      toast(t('privacy.ended', {device: this.#name(each)}), {image: 'check'});
      await this.sessions.run();
    });
  }

  #endAll = () => this.#act(async () => {
    await api.post(`/v1/${this.customer}/sessions:endAll`, {});
    toast(t('privacy.allEnded'), {image: 'check'});
    await this.sessions.run();
  });

  #erase = async (event) => {
    event.preventDefault();
    const reason = event.target.elements.reason.value.trim();
    if (!await confirm({title: t('privacy.sureTitle'), text: t('privacy.sureText'), yes: t('privacy.eraseButton'), danger: true})) return;
    await this.#act(async () => {
      const erasure = await api.post(`/v1/${this.customer}:erase`, {reason}, {timeout: 30_000, idempotencyKey: this.#key});
      toast(t('privacy.erasing', {receipt: erasure.name}), {image: 'check', ms: 15_000});
      this.close(erasure);
    });
  };
}
customElements.define('desk-privacy-dialog', PrivacyDialog);

/** Opens it for a customer; resolves with the erasure if there was one. */
export const privacyOf = (customer) => openDialog(new PrivacyDialog(), {customer});
