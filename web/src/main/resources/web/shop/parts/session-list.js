/** Where she is signed in: her devices and sessions, each with a way to end it, and one for all. */
import {html, nothing} from 'lit';
import {act} from 'filo/act.js';
import {ApiError} from 'filo/api.js';
import {confirm} from 'filo/dialog.js';
import {FiloElement, Load} from 'filo/element.js';
import * as format from 'filo/format.js';
import {icon} from 'filo/icons.js';
import {t} from 'filo/i18n.js';
import {deviceKind} from 'filo/session.js';
import {announce, shown, toast} from 'filo/ui.js';
import {router} from '../routes.js';
import {api, me, session} from '../state.js';

class SessionList extends FiloElement {
  static properties = {problem: {state: true}, busy: {state: true}};

  constructor() {
    super();
    this.sessions = new Load(this, (signal) => api.all('/v1/customers/me/sessions', 'sessions', {signal}));
    this.listen(me, 'change', () => { if (me.signedIn) this.sessions.run(); });
    this.whileConnected(() => { this.sessions.run(); return () => {}; });
  }

  #name(each) { return each.device || t(`sessions.${each.channel === 'app' ? 'app' : 'web'}`); }

  #act(work) { return act(this, work); }

  async #end(each) {
    const device = this.#name(each);
    if (!await confirm({title: t('sessions.endTitle', {device}), text: t('sessions.endText'), yes: t('sessions.end'), danger: true})) return;
    await this.#act(async () => {
      try {
        await api.delete(`/v1/${each.name}`);
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 404) throw error; // it has ended already
      }
      this.sessions.set(this.sessions.data.filter((other) => other.name !== each.name));
      announce(t('sessions.ended', {device}));
      await this.updateComplete;
      this.querySelector('h2').focus();
    });
  }

  #endOthers = async () => {
    if (!await confirm({title: t('sessions.othersTitle'), text: t('sessions.othersText'), yes: t('sessions.others'), danger: true})) return;
    await this.#act(async () => {
      await api.post('/v1/customers/me/sessions:endAll', {keepCurrent: true});
      await this.sessions.run();
      toast(t('sessions.othersDone'), {image: 'check'});
    });
  };

  #endAll = async () => {
    if (!await confirm({title: t('sessions.allTitle'), text: t('sessions.allText'), yes: t('sessions.all'), danger: true})) return;
    await this.#act(async () => {
      await api.post('/v1/customers/me/sessions:endAll', {keepCurrent: false});
      await session.signOut();
      toast(t('sessions.allDone'));
      router.go('/');
    });
  };

  #row(each) {
    const kind = deviceKind(each.device);
    const device = this.#name(each);
    return html`<li class="session">
      ${icon(kind === 'pc' ? 'pc' : 'phone')}
      <span class="grow"><strong>${device}</strong> ${each.current ? html`<span class="tag accent">${t('sessions.here')}</span>` : nothing}
        <span class="muted small">${t('sessions.used', {time: format.dayTime(each.useTime)})}</span></span>
      ${each.current ? nothing : html`<button class="button text" aria-label=${t('sessions.endOf', {device})} @click=${() => this.#end(each)}>${icon('signOut')} ${t('sessions.end')}</button>`}</li>`;
  }

  render() {
    return html`<section class="card stack"><h2 class="small-head" tabindex="-1">${t('sessions.title')}</h2>
      ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing}
      ${shown(this.sessions, (all) => html`<ul class="list">${all.map((each) => this.#row(each))}</ul>
        <div class="cluster">${all.length > 1 ? html`<button class="button" aria-busy=${this.busy ?? false} @click=${this.#endOthers}>${t('sessions.others')}</button>` : nothing}
          <button class="button text" @click=${this.#endAll}>${t('sessions.all')}</button></div>`, {skeleton: html`<span class="skeleton"></span>`})}</section>`;
  }
}
customElements.define('shop-session-list', SessionList);
