/** Where a hand-off code leads: this device goes on where the other one was. */
import {html} from 'lit';
import {ApiError, explain, newId} from 'filo/api.js';
import {FiloElement} from 'filo/element.js';
import {icon} from 'filo/icons.js';
import {t} from 'filo/i18n.js';
import {router} from '../routes.js';
import {cart, session} from '../state.js';

class Handoff extends FiloElement {
  static properties = {params: {attribute: false}, problem: {state: true}, busy: {state: true}, waiting: {state: true}};
  // The same for this code however often it is tried: it tells this device from others that show the code.
  #claim = newId();
  #abort = new AbortController();

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#abort.abort();
  }

  title_() { return t('handoff.landing'); }

  firstUpdated() {
    // Opened by scanning: nothing here can be lost, so it goes on by itself; else it asks first.
    if (!session.known) this.#redeem();
  }

  #redeem = async () => {
    if (this.busy) return;
    this.busy = true;
    this.problem = undefined;
    try {
      await session.redeem(this.params.code, {claim: this.#claim, waiting: () => { this.waiting = true; }, signal: this.#abort.signal});
      router.go('/cart', {replace: true});
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (this.#abort.signal.aborted) return;
      this.problem = error;
    } finally {
      this.busy = false;
      this.waiting = false;
    }
  };

  render() {
    return html`<div class="block">${icon(this.problem ? 'warning' : 'phone', {size: 'large'})}
      <h1>${this.problem ? t('handoff.failed') : t('handoff.landing')}</h1>
      ${this.problem ? html`<p role="alert">${explain(this.problem)}</p><div class="actions">${this.problem.passing ? html`<button class="button primary" @click=${this.#redeem}>${icon('refresh')} ${t('action.retry')}</button>` : ''}
          <a class="button" href="/">${t('nav.home')}</a></div>`
        : this.busy ? html`<p role="status">${t(this.waiting ? 'handoff.waiting' : 'handoff.busy')}</p>`
        : html`<p>${cart.count ? t('handoff.askCart', {count: cart.count}) : t('handoff.ask')}</p>
          <div class="actions"><button class="button primary" @click=${this.#redeem}>${t('handoff.goOn')}</button><a class="button" href="/">${t('action.cancel')}</a></div>`}</div>`;
  }
}
customElements.define('shop-handoff', Handoff);
