/**
 * A link from an advertisement: `/go/{sku}?campaign=…` leads to the very variant, whoever opens it and wherever. What
 * is in the cart stays; what is added from there remembers the campaign.
 */
import {html} from 'lit';
import {FiloElement, Load} from 'filo/element.js';
import {t} from 'filo/i18n.js';
import {emptyBlock, idOf, shown} from 'filo/ui.js';
import {router} from '../routes.js';
import {api, campaign} from '../state.js';
import {track} from '../track.js';

class Go extends FiloElement {
  static properties = {params: {attribute: false}, query: {attribute: false}};

  constructor() {
    super();
    this.found = new Load(this, async (signal) => {
      const answer = await api.get('/v1/variants:batchGet', {query: {skus: [this.params.sku]}, auth: 'optional', signal});
      const item = answer.items?.[0];
      if (item) {
        campaign.come(this.query?.get('campaign') ?? this.query?.get('utm_campaign') ?? '', item.variant.sku);
        if (campaign.of(item.variant.sku)) track('campaign_visit', item.product, campaign.of(item.variant.sku));
        router.go(`/products/${idOf(item.product)}?sku=${encodeURIComponent(item.variant.sku)}`, {replace: true});
      }
      return {missing: !item};
    });
  }

  title_() { return t('go.title'); }

  firstUpdated() { this.found.run(); }

  render() {
    return shown(this.found, ({missing}) => (missing
      ? emptyBlock({image: 'search', title: t('product.missing'), text: t('product.missingText'), action: html`<a class="button" href="/search">${t('home.all')}</a>`})
      : html`<h1 class="visually-hidden">${t('go.title')}</h1>`), {skeleton: html`<div class="card" aria-busy="true"><h1 class="visually-hidden">${t('go.title')}</h1><p class="skeleton line"></p></div>`});
  }
}
customElements.define('shop-go', Go);
