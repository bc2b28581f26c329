/** Signing in by a code, and what is known about her. */
import {html, nothing} from 'lit';
import {act} from 'filo/act.js';
import {ApiError, explain, newId} from 'filo/api.js';
import {FiloElement} from 'filo/element.js';
import {icon} from 'filo/icons.js';
import {t} from 'filo/i18n.js';
import {deviceKind} from 'filo/session.js';
import {announce, languageSwitch, plain, themeSwitch, toast} from 'filo/ui.js';
import {router} from '../routes.js';
import {api, cart, me, place, session} from '../state.js';
import {choosePasskey, passkeysWork} from '../passkeys.js';
import {choosePlace} from '../parts/place-dialog.js';
import '../parts/passkey-list.js';
import '../parts/session-list.js';

class Account extends FiloElement {
  static properties = {query: {attribute: false}, address: {state: true}, signIn: {state: true}, busy: {state: true}, problem: {state: true}, passkeyProblem: {state: true}, joined: {state: true}};

  constructor() {
    super();
    this.address = '';
    this.listen(me, 'change');
    this.listen(cart, 'change');
    this.listen(place, 'change');
    me.read();
  }

  title_() { return me.signedIn ? t('account.title') : t('account.signIn'); }
  settled() { return me.read(); }

  render() {
    return html`<div class="narrow stack-24">${me.signedIn ? this.#known() : this.signIn ? this.#code() : this.#start()}
      <section class="card stack"><h2 class="small-head">${t('settings.title')}</h2>
        <div class="spread wrap"><span>${t('place.near', {place: place.current.title})}</span><button class="button" @click=${choosePlace}>${icon('pin')} ${t('place.change')}</button></div>
        <div class="spread wrap"><span>${t('settings.language')}</span>${languageSwitch()}</div>
        <div class="spread wrap"><span>${t('settings.theme')}</span>${themeSwitch()}</div>
        <p><a href="/privacy">${t('privacy.link')}</a></p></section></div>`;
  }

  #problem() { return this.problem ? html`<p class="problem" id="account-problem" role="alert">${this.problem}</p>` : nothing; }

  #start() {
    return html`<h1 class="page-head">${t('account.signIn')}</h1>
      <section class="card"><form class="stack" @submit=${this.#ask} novalidate>
        <p>${cart.count ? t('account.whyCart', {count: cart.count}) : t('account.why')}</p>
        <div class="field"><label for="address">${t('account.email')}</label>
          <input class="input" id="address" name="email" type="email" inputmode="email" autocomplete="email" autocapitalize="none" required maxlength="254"
            .value=${this.address} @input=${(event) => { this.address = event.target.value; }} aria-invalid=${Boolean(this.problem)} aria-describedby=${this.problem ? 'account-problem' : nothing}>
          ${this.#problem()}<p class="hint">${t('account.noPassword')}</p></div>
        <button class="button primary" aria-busy=${this.busy ?? false}>${icon('mail')} ${t('account.sendCode')}</button>
      </form></section>
      ${passkeysWork() ? html`<section class="card stack"><h2 class="small-head">${t('passkeys.have')}</h2>
        <p>${t('passkeys.haveHint')}</p>
        ${this.passkeyProblem ? html`<p class="problem" id="passkey-problem" role="alert">${this.passkeyProblem}</p>` : nothing}
        <div><button class="button" aria-busy=${this.busy ?? false} aria-describedby=${this.passkeyProblem ? 'passkey-problem' : nothing} @click=${this.#byPasskey}>${icon('key')} ${t('passkeys.signIn')}</button></div></section>` : nothing}
      <section class="card"><form class="stack" @submit=${this.#typedHandoff}><h2 class="small-head">${t('handoff.haveCode')}</h2>
        <div class="field"><label for="handoff-code">${t('handoff.codeLabel')}</label><input class="input code" id="handoff-code" name="code" autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="12" required></div>
        <button class="button">${icon('forward')} ${t('handoff.use')}</button></form></section>`;
  }

  #code() {
    return html`<h1 class="page-head">${t('account.codeTitle')}</h1>
      <section class="card"><form class="stack" @submit=${this.#finish}>
        <p>${t('account.codeSent', {address: this.address})}</p>
        <div class="field"><label for="code">${t('account.code')}</label>
          <input class="input code code-input" id="code" name="code" inputmode="numeric" autocomplete="one-time-code" pattern="[0-9]{6}" maxlength="6" required
            @input=${(event) => { if (/^\d{6}$/.test(event.target.value)) event.target.form.requestSubmit(); }} aria-invalid=${Boolean(this.problem)} aria-describedby=${this.problem ? 'account-problem' : nothing}>
          ${this.#problem()}</div>
        <div class="cluster"><button class="button primary" aria-busy=${this.busy ?? false}>${t('account.enter')}</button>
          <button class="button text" type="button" @click=${() => { this.signIn = undefined; this.problem = undefined; }}>${t('account.otherAddress')}</button></div>
      </form></section>`;
  }

  #known() {
    const customer = me.customer;
    return html`<h1 class="page-head">${customer.givenName ? t('account.hello', {name: customer.givenName}) : t('account.title')}</h1>
      ${this.joined ? html`<div class="note accent" role="status">${icon('done')}<span>${t('account.joined', {count: this.joined})}</span></div>` : nothing}
      <section class="card"><form class="stack" @submit=${this.#save}>
        <h2 class="small-head">${t('account.name')}</h2>
        <div class="two"><div class="field"><label for="given">${t('account.given')}</label><input class="input" id="given" name="givenName" autocomplete="given-name" maxlength="100" .value=${customer.givenName ?? ''}></div>
        <div class="field"><label for="family">${t('account.family')}</label><input class="input" id="family" name="familyName" autocomplete="family-name" maxlength="100" .value=${customer.familyName ?? ''}></div></div>
        ${this.#problem()}
        <div><button class="button" aria-busy=${this.busy ?? false}>${t('account.save')}</button></div></form></section>
      <section class="card"><h2 class="small-head">${t('account.identifiers')}</h2><ul class="list">${(customer.identifiers ?? []).map((each) => html`<li class="identifier">
        ${icon(plain(each.type, 'TYPE_') === 'PHONE' ? 'phone' : 'mail')}<span class="grow">${each.value}</span>${each.verified ? html`<span class="tag accent">${icon('check', {size: 'small'})} ${t('account.verified')}</span>` : nothing}</li>`)}</ul></section>
      <section class="card"><a class="button" href="/orders">${icon('box')} ${t('account.orders')}</a></section>
      <shop-passkey-list></shop-passkey-list>
      <shop-session-list></shop-session-list>
      <section class="card cluster"><button class="button" @click=${this.#handOff}>${icon(deviceKind() === 'phone' ? 'pc' : 'phone')} ${t(deviceKind() === 'phone' ? 'handoff.buttonPc' : 'handoff.button')}</button>
        <button class="button text" @click=${this.#signOut}>${icon('signOut')} ${t('account.signOut')}</button></section>`;
  }

  /** Runs one act of a form: busy while it lasts, its refusal as a sentence. */
  #act(work) { return act(this, work); }

  #ask = (event) => {
    event.preventDefault();
    const input = event.target.elements.email;
    if (!input.checkValidity()) {
      this.problem = t('account.emailWrong');
      return input.focus();
    }
    return this.#act(async () => {
      const {name} = await api.post('/v1/signIns', {email: this.address.trim()}, {auth: cart.unsent ? undefined : 'optional', idempotencyKey: newId()});
      this.signIn = name;
      await this.updateComplete;
      this.querySelector('#code').focus();
    });
  };

  #finish = (event) => {
    event.preventDefault();
    const input = event.target.elements.code;
    const before = cart.count;
    return this.#act(async () => {
      try {
        await session.finishSignIn(this.signIn, input.value.trim());
      } catch (error) {
        input.value = '';
        input.focus();
        throw error;
      }
      await this.#entered(before);
    });
  };

  async #entered(before) {
    this.signIn = undefined;
    this.joined = before;
    await me.read();
    announce(t('account.signedIn'));
    await this.updateComplete;
    const heading = this.querySelector('h1');
    heading.tabIndex = -1;
    heading.focus();
  }

  #byPasskey = async () => {
    this.passkeyProblem = undefined;
    const before = cart.count;
    await this.#act(async () => {
      try {
        const {name, optionsJson} = await api.post('/v1/passkeySignIns', {}, {auth: cart.unsent ? undefined : 'optional'});
        await session.finishPasskey(name, await choosePasskey(optionsJson));
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        this.passkeyProblem = explain(error); // beside its own button, not at the address
        return;
      }
      await this.#entered(before);
    });
  };

  #save = (event) => {
    event.preventDefault();
    const {givenName, familyName} = event.target.elements;
    return this.#act(async () => {
      await me.update({givenName: givenName.value.trim(), familyName: familyName.value.trim()});
      toast(t('account.saved'), {image: 'check'});
    });
  };

  #typedHandoff = (event) => {
    event.preventDefault();
    router.go(`/handoff/${encodeURIComponent(event.target.elements.code.value.replace(/[\s-]/g, ''))}`);
  };

  #handOff = async () => {
    const {handOff} = await import('../parts/handoff-dialog.js');
    handOff();
  };

  #signOut = async () => {
    this.joined = undefined;
    await session.signOut();
    toast(t('account.signedOut'));
    router.go('/');
  };
}
customElements.define('shop-account', Account);
