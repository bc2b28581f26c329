/** Her passkeys: each with when it was used and a way to remove it, and one more. */
import {html, nothing} from 'lit';
import {act} from 'filo/act.js';
import {ApiError} from 'filo/api.js';
import {confirm} from 'filo/dialog.js';
import {FiloElement, Load} from 'filo/element.js';
import * as format from 'filo/format.js';
import {icon} from 'filo/icons.js';
import {t} from 'filo/i18n.js';
import {deviceName} from 'filo/session.js';
import {announce, shown, toast} from 'filo/ui.js';
import {makePasskey, passkeysWork} from '../passkeys.js';
import {api, me} from '../state.js';

class PasskeyList extends FiloElement {
  static properties = {problem: {state: true}, busy: {state: true}};

  constructor() {
    super();
    this.passkeys = new Load(this, (signal) => api.all('/v1/customers/me/passkeys', 'passkeys', {signal}));
    this.listen(me, 'change', () => { if (me.signedIn) this.passkeys.run(); });
    this.whileConnected(() => { this.passkeys.run(); return () => {}; });
  }

  #name(each) { return each.displayName || t('passkeys.one'); }

  #act(work) { return act(this, work); }

  #add = (event) => {
    event.preventDefault();
    const input = event.target.elements.passkeyName;
    return this.#act(async () => {
      const {registration, optionsJson} = await api.post('/v1/customers/me/passkeys:start');
      const credentialJson = await makePasskey(optionsJson);
      const displayName = input.value.trim();
      const made = await api.post('/v1/customers/me/passkeys', {registration, displayName, credentialJson}, {idempotencyKey: registration});
      await this.passkeys.run();
      toast(t('passkeys.added', {name: this.#name(made)}), {image: 'check'});
    });
  };

  async #remove(each) {
    const name = this.#name(each);
    if (!await confirm({title: t('passkeys.removeTitle', {name}), text: t('passkeys.removeText'), yes: t('passkeys.remove'), danger: true})) return;
    await this.#act(async () => {
      try {
        await api.delete(`/v1/${each.name}`);
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 404) throw error; // it was removed already
      }
      this.passkeys.set(this.passkeys.data.filter((other) => other.name !== each.name));
      announce(t('passkeys.removed', {name}));
      await this.updateComplete;
      this.querySelector('h2').focus();
    });
  }

  #row(each) {
    const name = this.#name(each);
    return html`<li class="session passkey">
      ${icon('key')}
      <span class="grow"><strong>${name}</strong> ${each.synced ? html`<span class="tag">${t('passkeys.synced')}</span>` : nothing}
        <span class="muted small">${each.useTime ? t('passkeys.used', {time: format.dayTime(each.useTime)}) : t('passkeys.unused', {time: format.dayTime(each.createTime)})}</span></span>
      <button class="button text" aria-label=${t('passkeys.removeOf', {name})} @click=${() => this.#remove(each)}>${icon('trash')} ${t('passkeys.remove')}</button></li>`;
  }

  render() {
    return html`<section class="card stack"><h2 class="small-head" tabindex="-1">${t('passkeys.title')}</h2>
      <p>${t('passkeys.why')}</p>
      ${shown(this.passkeys, (all) => all.length ? html`<ul class="list">${all.map((each) => this.#row(each))}</ul>` : html`<p class="muted">${t('passkeys.none')}</p>`, {skeleton: html`<span class="skeleton"></span>`})}
      ${this.problem ? html`<p class="problem" id="passkeys-problem" role="alert">${this.problem}</p>` : nothing}
      ${passkeysWork() ? html`<form class="stack" @submit=${this.#add}>
        <div class="field"><label for="passkey-name">${t('passkeys.name')}</label>
          <input class="input" id="passkey-name" name="passkeyName" autocomplete="off" maxlength="60" .defaultValue=${deviceName()}></div>
        <div><button class="button" aria-busy=${this.busy ?? false} aria-describedby=${this.problem ? 'passkeys-problem' : nothing}>${icon('plus')} ${t('passkeys.add')}</button></div></form>`
    : html`<p class="hint">${t('passkeys.notHere')}</p>`}</section>`;
  }
}
customElements.define('shop-passkey-list', PasskeyList);
