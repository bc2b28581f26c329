/** The search field with suggestions (a combobox): Enter searches, a suggestion of one product opens its page. */
import {html, nothing} from 'lit';
import {FiloElement} from 'filo/element.js';
import {icon} from 'filo/icons.js';
import {t} from 'filo/i18n.js';
import {idOf} from 'filo/ui.js';
import {router} from '../routes.js';
import {api} from '../state.js';

let count = 0;

export class SearchBox extends FiloElement {
  static properties = {big: {type: Boolean}, suggestions: {state: true}, active: {state: true}, text: {state: true}};

  #id = `suggest-${++count}`;
  #abort;
  #timer;

  constructor() {
    super();
    this.suggestions = [];
    this.active = -1;
    this.text = '';
    this.listen(window, 'popstate', () => this.#follow());
    this.listen(document, 'click', (event) => { if (!this.contains(event.target)) this.#close(); });
  }

  connectedCallback() {
    super.connectedCallback();
    this.#follow();
  }

  /** Shows the words of the address, so that Back shows the right ones. */
  #follow() { this.text = location.pathname === '/search' ? new URLSearchParams(location.search).get('q') ?? '' : ''; }

  // The field may have been changed by typing since the text was last set.
  updated() { if (this.input.value !== this.text) this.input.value = this.text; }

  get input() { return this.querySelector('input'); }

  #typed = (event) => {
    this.text = event.target.value;
    this.active = -1;
    clearTimeout(this.#timer);
    this.#abort?.abort();
    const query = this.text.trim();
    if (query.length < 2) return void (this.suggestions = []);
    this.#timer = setTimeout(async () => {
      this.#abort = new AbortController();
      try {
        const answer = await api.get('/v1/products:suggest', {query: {query}, auth: 'optional', signal: this.#abort.signal, retries: 0});
        if (this.input === document.activeElement) this.suggestions = answer.suggestions ?? [];
      } catch { /* suggestions are a convenience: searching works without */ }
    }, 120);
  };

  #keys = (event) => {
    if (event.key === 'Escape' && this.suggestions.length) {
      event.preventDefault();
      return this.#close();
    }
    if (!['ArrowDown', 'ArrowUp'].includes(event.key) || !this.suggestions.length) return;
    event.preventDefault();
    const step = event.key === 'ArrowDown' ? 1 : -1;
    const size = this.suggestions.length;
    this.active = this.active < 0 && step < 0 ? size - 1 : (this.active + step + size + 1) % (size + 1);
    if (this.active === size) this.active = -1;
  };

  #submit = (event) => {
    event.preventDefault();
    if (this.active >= 0) return this.#choose(this.suggestions[this.active]);
    this.#search(this.text.trim());
  };

  #go(path) {
    this.#close();
    this.input?.blur();
    router.go(path);
  }

  #search(words) {
    const now = location.pathname === '/search' ? new URLSearchParams(location.search) : new URLSearchParams();
    const next = new URLSearchParams();
    if (words) next.set('q', words);
    if (now.get('near')) next.set('near', '1');
    this.#go(`/search${next.size ? `?${next}` : ''}`);
  }

  #choose(suggestion) {
    if (suggestion.product) return this.#go(`/products/${idOf(suggestion.product)}`);
    this.text = suggestion.text;
    this.#search(suggestion.text);
  }

  #close() {
    clearTimeout(this.#timer);
    this.#abort?.abort();
    this.suggestions = [];
    this.active = -1;
  }

  render() {
    const open = this.suggestions.length > 0;
    return html`<form class="search ${this.big ? 'big' : ''}" role="search" @submit=${this.#submit}>
      <span class="search-icon">${icon('search')}</span>
      <input class="input" type="search" enterkeyhint="search" autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="256"
        placeholder=${t('search.placeholder')} aria-label=${t('nav.search')} role="combobox" aria-autocomplete="list"
        aria-expanded=${open} aria-controls=${this.#id} aria-activedescendant=${this.active >= 0 ? `${this.#id}-${this.active}` : nothing}
        .value=${this.text} @input=${this.#typed} @keydown=${this.#keys}>
      ${this.big ? html`<button class="button primary" type="submit">${t('search.go')}</button>` : nothing}
      <ul class="suggestions" role="listbox" id=${this.#id} aria-label=${t('search.suggestions')} ?hidden=${!open}>${this.suggestions.map((each, i) => html`
        <li role="option" id=${`${this.#id}-${i}`} aria-selected=${i === this.active} @mousedown=${(event) => event.preventDefault()} @click=${() => this.#choose(each)}>
          ${icon(each.product ? 'forward' : 'search', {size: 'small'})}<span>${each.text}</span></li>`)}</ul>
    </form>`;
  }
}
customElements.define('shop-search-box', SearchBox);
