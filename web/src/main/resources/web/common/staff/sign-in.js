/** Signing in to one of the staff's apps: an e-mail address, a six-digit code; kind words for whoever has another role. */
import {html, nothing} from 'lit';
import {ApiError, explain} from 'filo/api.js';
import {FiloElement} from 'filo/element.js';
import {icon, mark} from 'filo/icons.js';
import {t} from 'filo/i18n.js';
import {languageSwitch, themeSwitch} from 'filo/ui.js';

/**
 * `<filo-staff-sign-in .api .session .person app="desk">`: `person.claims` without the app's role shows why it cannot
 * go on and how to use another address.
 */
export class StaffSignIn extends FiloElement {
  static properties = {
    api: {attribute: false}, session: {attribute: false}, person: {attribute: false}, app: {},
    address: {state: true}, signIn: {state: true}, busy: {state: true}, problem: {state: true},
  };

  render() {
    return html`<main class="sign-in" id="main"><div class="sign-in-card card">
        <p class="wordmark">${mark()}<span>Filo</span></p>
        <h1 tabindex="-1">${t(`signIn.title.${this.app}`)}</h1>
        ${this.person.claims ? this.#other() : this.signIn ? this.#code() : this.#email()}
      </div>
      <div class="sign-in-foot">${languageSwitch()}${themeSwitch()}</div></main>`;
  }

  #other() {
    return html`<div class="note warn" role="alert">${icon('info')}<p>${t(`signIn.role.${this.app}`)}</p></div>
      <button class="button primary wide" @click=${() => { this.signIn = undefined; this.session.signOut(); }}>${t('signIn.otherAddress')}</button>`;
  }

  #email() {
    return html`<form class="stack" novalidate @submit=${this.#ask}>
      <p class="muted">${t('signIn.text')}</p>
      <div class="field"><label for="sign-in-email">${t('signIn.email')}</label>
        <input class="input" id="sign-in-email" name="email" type="email" autocomplete="username" required maxlength="254" .value=${this.address ?? ''}
          aria-invalid=${this.problem ? 'true' : nothing} aria-describedby=${this.problem ? 'sign-in-problem' : nothing}></div>
      ${this.#problem()}
      <button class="button primary wide" type="submit" aria-busy=${this.busy ?? false}>${t('signIn.send')}</button></form>`;
  }

  #code() {
    return html`<form class="stack" novalidate @submit=${this.#finish}>
      <p class="muted">${t('signIn.sent', {address: this.address})}</p>
      <div class="field"><label for="sign-in-code">${t('signIn.code')}</label>
        <input class="input code code-field" id="sign-in-code" name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="7" required
          aria-invalid=${this.problem ? 'true' : nothing} aria-describedby=${this.problem ? 'sign-in-problem' : nothing}
          @input=${(event) => { if (event.target.value.replace(/\D/g, '').length === 6) this.#finish(event); }}></div>
      ${this.#problem()}
      <button class="button primary wide" type="submit" aria-busy=${this.busy ?? false}>${t('signIn.enter')}</button>
      <button class="link" type="button" @click=${() => { this.signIn = undefined; this.problem = undefined; this.#focus(); }}>${t('signIn.otherAddress')}</button></form>`;
  }

  #problem() { return this.problem ? html`<p class="problem" id="sign-in-problem" role="alert">${this.problem}</p>` : nothing; }

  #focus() { this.updateComplete.then(() => this.querySelector('input')?.focus()); }

  #ask = async (event) => {
    event.preventDefault();
    const email = event.target.elements.email.value.trim();
    this.address = email;
    if (this.busy) return;
    if (!/^\S+@\S+\.\S+$/.test(email)) {
      this.problem = t('signIn.emailWrong');
      return;
    }
    await this.#work(async () => { this.signIn = (await this.api.post('/v1/signIns', {email}, {auth: 'optional'})).name; });
    this.#focus();
  };

  #finish = async (event) => {
    event.preventDefault();
    if (this.busy) return;
    const field = this.querySelector('#sign-in-code');
    const code = field.value.replace(/\D/g, '');
    if (code.length !== 6) {
      this.problem = t('signIn.codeShort');
      return;
    }
    await this.#work(() => this.session.finishSignIn(this.signIn, code));
    if (this.problem) field.select();
    else this.signIn = undefined;
  };

  async #work(act) {
    this.busy = true;
    this.problem = undefined;
    try {
      await act();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.problem = explain(error);
    } finally {
      this.busy = false;
    }
  }
}
customElements.define('filo-staff-sign-in', StaffSignIn);
