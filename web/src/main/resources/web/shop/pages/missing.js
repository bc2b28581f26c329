/** An address that leads nowhere. */
import {html} from 'lit';
import {FiloElement} from 'filo/element.js';
import {icon} from 'filo/icons.js';
import {t} from 'filo/i18n.js';

class Missing extends FiloElement {
  title_() { return t('missing.title'); }

  render() {
    return html`<div class="block">${icon('search', {size: 'large'})}<h1>${t('missing.title')}</h1><p>${t('missing.text')}</p>
      <div class="actions"><a class="button primary" href="/">${t('nav.home')}</a></div></div>`;
  }
}
customElements.define('shop-missing', Missing);
