/** What is known about her: what she agreed to, a copy of all of it, and having it forgotten. */
import {html, nothing} from 'lit';
import {act} from 'filo/act.js';
import {ApiError, explain, newId, toError} from 'filo/api.js';
import {confirm} from 'filo/dialog.js';
import {FiloElement, Load} from 'filo/element.js';
import {icon} from 'filo/icons.js';
import {lang, t} from 'filo/i18n.js';
import {announce, plain, shown, toast} from 'filo/ui.js';
import {api, me, session} from '../state.js';

const PURPOSES = ['OFFERS', 'REMINDERS', 'WAITLIST', 'FEEDBACK', 'PERSONALISATION'];
const CHANNELS = ['CHAT', 'EMAIL', 'SMS', 'WHATSAPP', 'PUSH'];
const POLL_MS = 1000;

class Privacy extends FiloElement {
  static properties = {act: {state: true}, signIn: {state: true}, preview: {state: true}, erasure: {state: true}, busy: {state: true}, problem: {state: true}};

  constructor() {
    super();
    this.consents = new Load(this, (signal) => (session.known ? api.get('/v1/customers/me/consents', {signal}) : Promise.resolve({})));
    this.listen(me, 'change');
    this.whileConnected(() => { this.consents.run(); return () => { this.gone = true; }; });
    me.read();
  }

  title_() { return t('privacy.title'); }
  settled() { return me.read(); }

  render() {
    if (this.erasure) return html`<div class="narrow stack-24">${this.#receipt()}</div>`;
    return html`<div class="narrow stack-24"><h1 class="page-head">${t('privacy.title')}</h1>
      <p>${t('privacy.intro')}</p>
      ${session.known ? html`${this.#consents()}${this.#export()}${this.#erase()}` : html`<section class="card"><p>${t('privacy.nothing')}</p></section>`}</div>`;
  }

  #problem() { return this.problem ? html`<p class="problem" id="privacy-problem" role="alert">${this.problem}</p>` : nothing; }

  /** Runs one act: busy while it lasts, its refusal as a sentence. */
  #run(work) { return act(this, work); }

  // Consents

  #granted(purpose, channel) {
    return (this.consents.data?.consents ?? []).some((each) => plain(each.purpose, 'PURPOSE_') === purpose && plain(each.channel, 'CHANNEL_') === channel && each.granted);
  }

  async #consent(purpose, channel, input) {
    try {
      this.consents.set(await api.patch('/v1/customers/me/consents', {purpose: `PURPOSE_${purpose}`, channel: `CHANNEL_${channel}`, granted: input.checked, proof: t(`privacy.purpose.${purpose}`)}));
      announce(t('privacy.consentKept'));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      input.checked = !input.checked;
      toast(explain(error));
    }
  }

  #consents() {
    return html`<section class="card stack"><h2 class="small-head">${t('privacy.consents')}</h2><p class="muted">${t('privacy.consentsWhy')}</p>
      ${shown(this.consents, () => html`${PURPOSES.map((purpose) => html`<fieldset class="stack-8"><legend class="label">${t(`privacy.purpose.${purpose}`)}</legend>
        <div class="cluster channels">${CHANNELS.map((channel) => html`<label class="choice"><input type="checkbox" .checked=${this.#granted(purpose, channel)}
          @change=${(event) => this.#consent(purpose, channel, event.target)}> <span>${t(`privacy.channel.${channel}`)}</span></label>`)}</div></fieldset>`)}`, {skeleton: html`<span class="skeleton"></span>`})}</section>`;
  }

  // Showing again that she is herself

  get #address() { return (me.customer?.identifiers ?? []).find((each) => each.verified && plain(each.type, 'TYPE_') === 'EMAIL')?.value; }

  /** Asks for a code, unless she has no account to show it for; then goes on with the act. */
  #begin = (act) => this.#run(async () => {
    this.act = act;
    if (!me.signedIn) return this.#finish({});
    const {name} = await api.post('/v1/signIns', {email: this.#address}, {idempotencyKey: newId()});
    this.signIn = name;
    this.request = newId();
    await this.updateComplete;
    this.querySelector('#privacy-code')?.focus();
  });

  #code(act) {
    if (this.act !== act || !this.signIn) return nothing;
    return html`<form class="stack" @submit=${this.#typed} novalidate><p>${t('privacy.codeSent', {address: this.#address})}</p>
      <div class="field"><label for="privacy-code">${t('account.code')}</label>
        <input class="input code code-input" id="privacy-code" name="code" inputmode="numeric" autocomplete="one-time-code" pattern="[0-9]{6}" maxlength="6" required
          aria-invalid=${Boolean(this.problem)} aria-describedby=${this.problem ? 'privacy-problem' : nothing}>${this.#problem()}</div>
      <div class="cluster"><button class="button ${act === 'erase' ? 'danger' : 'primary'}" aria-busy=${this.busy ?? false}>${t(`privacy.${act}Now`)}</button>
        <button class="button text" type="button" @click=${() => { this.act = undefined; this.signIn = undefined; this.problem = undefined; }}>${t('action.cancel')}</button></div></form>`;
  }

  #typed = (event) => {
    event.preventDefault();
    const input = event.target.elements.code;
    return this.#run(async () => {
      try {
        await this.#finish({signIn: this.signIn, code: input.value.trim()});
      } catch (error) {
        input.value = '';
        input.focus();
        throw error;
      }
    });
  };

  #finish(shown_) { return this.act === 'export' ? this.#download(shown_) : this.#erased(shown_); }

  // Export

  #export() {
    const asking = this.act === 'export' && this.signIn;
    return html`<section class="card stack"><h2 class="small-head">${t('privacy.export')}</h2><p>${t('privacy.exportWhy')}</p>
      ${asking ? this.#code('export') : html`${this.act === 'export' ? this.#problem() : nothing}<div><button class="button" aria-busy=${this.act === 'export' && (this.busy ?? false)} @click=${() => this.#begin('export')}>${icon('forward')} ${t('privacy.exportButton')}</button></div>`}</section>`;
  }

  async #download(shown_) {
    const leave = await api.post('/v1/customers/me:export', shown_, {idempotencyKey: this.request ?? newId()});
    const response = await fetch(`/v1/${leave.name}:download`, {headers: {'Authorization': `Bearer ${await session.token()}`, 'Accept-Language': lang}});
    if (!response.ok) throw await toError(response);
    let file;
    try { file = await response.blob(); } catch { throw new ApiError('offline'); } // it broke off: half a file is none
    const link = document.createElement('a');
    link.href = URL.createObjectURL(file);
    link.download = t('privacy.fileName');
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    this.act = undefined;
    this.signIn = undefined;
    toast(t('privacy.exported'), {image: 'check'});
  }

  // Erasure

  #erase() {
    const asking = this.act === 'erase' && this.signIn;
    return html`<section class="card stack"><h2 class="small-head">${t('privacy.erase')}</h2><p>${t('privacy.eraseWhy')}</p>
      ${this.preview ? html`<h3 class="small-head" id="erase-summary" tabindex="-1">${t('privacy.whatHappens')}</h3>${this.#treatments(this.preview)}` : nothing}
      ${asking ? this.#code('erase') : html`${this.act === 'erase' ? this.#problem() : nothing}
      <div>${this.preview
        ? html`<button class="button danger" aria-busy=${this.act === 'erase' && (this.busy ?? false)} @click=${this.#sure}>${t('privacy.eraseButton')}</button>`
        : html`<button class="button" aria-busy=${this.act === 'erase' && (this.busy ?? false)} @click=${this.#look}>${t('privacy.lookFirst')}</button>`}</div>`}</section>`;
  }

  #look = () => {
    this.act = 'erase';
    return this.#run(async () => {
      this.preview = await api.get('/v1/customers/me:previewErasure', {timeout: 30_000});
      await this.updateComplete;
      this.querySelector('#erase-summary')?.focus();
    });
  };

  #sure = async () => {
    if (await confirm({title: t('privacy.sureTitle'), text: t('privacy.sureText'), yes: t('privacy.sureYes'), danger: true})) await this.#begin('erase');
  };

  async #erased(shown_) {
    const erasure = await api.post('/v1/customers/me:erase', shown_, {timeout: 30_000, idempotencyKey: this.request ?? newId()});
    this.signIn = undefined;
    await session.signOut();
    this.erasure = erasure;
    await this.updateComplete;
    this.querySelector('h1').focus();
    this.#follow();
  }

  /** Reads the receipt until all services have done their part. */
  async #follow() {
    while (!this.gone && this.erasure.state !== 'DONE') {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      try { this.erasure = await api.get(`/v1/${this.erasure.name}`, {auth: 'none'}); } catch (error) {
        if (!(error instanceof ApiError)) throw error; // it goes on without us
      }
    }
    if (!this.gone) announce(t('privacy.done'));
  }

  #receipt() {
    const done = this.erasure.state === 'DONE';
    return html`<h1 class="page-head" tabindex="-1">${t(done ? 'privacy.done' : 'privacy.running')}</h1>
      <section class="card stack"><p>${t(done ? 'privacy.doneText' : 'privacy.runningText')}</p>
        <p class="muted small">${t('privacy.receipt')} <code class="receipt">${this.erasure.name}</code></p>${this.#treatments(this.erasure)}</section>`;
  }

  #treatments(erasure) {
    const told = (receipt) => (receipt.treatments ?? []).filter((each) => Number(each.count) > 0 && each.category !== 'events');
    return html`<ul class="stack">${(erasure.receipts ?? []).filter((receipt) => receipt.done || told(receipt).length > 0).map((receipt) => html`<li class="stack-8"><span class="spread wrap"><strong>${t(`privacy.service.${receipt.service}`)}</strong>
      ${receipt.done ? html`<span class="tag accent">${icon('check', {size: 'small'})} ${t('privacy.serviceDone')}</span>` : nothing}</span>
      <ul class="stack-8 small">${told(receipt).map((each) => html`<li>
        ${t(`privacy.category.${each.category}`, {count: Number(each.count)})}: <span class="muted">${t(`privacy.kind.${plain(each.kind, 'KIND_')}`)} (${t(`privacy.why.${each.reason}`)})</span></li>`)}</ul></li>`)}</ul>`;
  }
}
customElements.define('shop-privacy', Privacy);
