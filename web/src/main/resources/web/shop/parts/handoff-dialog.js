/** Going on with another device: a QR code to scan, a short code to type, both for two minutes and once. */
import {html, nothing} from 'lit';
import {FiloDialog, openDialog} from 'filo/dialog.js';
import {Load} from 'filo/element.js';
import * as format from 'filo/format.js';
import {icon} from 'filo/icons.js';
import {t} from 'filo/i18n.js';
import {copy, qr, shown} from 'filo/ui.js';
import {api} from '../state.js';

class HandoffDialog extends FiloDialog {
  constructor() {
    super();
    this.handoff = new Load(this, (signal) => api.post('/v1/handoffs', {}, {signal}));
    this.handoff.run();
    this.whileConnected(() => {
      const timer = setInterval(() => this.requestUpdate(), 1000);
      return () => clearInterval(timer);
    });
  }

  heading() { return t('handoff.title'); }

  body() {
    return shown(this.handoff, (handoff) => {
      const left = Math.round((new Date(handoff.expireTime) - Date.now()) / 1000);
      if (left <= 0) {
        return html`<div class="stack center"><p>${t('handoff.over')}</p>
          <button class="button primary" @click=${() => { this.handoff.data = undefined; this.handoff.run(); }}>${icon('refresh')} ${t('handoff.again')}</button></div>`;
      }
      return html`<div class="stack center">
        <p>${t('handoff.scan')}</p>
        ${qr(handoff.qrSvg, t('handoff.qr'))}
        <p>${t('handoff.type', {host: location.host})}</p>
        <p class="code big-code" aria-label=${[...handoff.code].join(' ')}>${format.spaced(handoff.code)}</p>
        <p class="muted small num" aria-hidden="true">${t('handoff.left', {time: `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`})}</p>
        ${handoff.uri ? html`<button class="button text" @click=${() => copy(handoff.uri)}>${icon('link')} ${t('handoff.copy')}</button>` : nothing}
      </div>`;
    }, {skeleton: html`<div class="stack center"><span class="skeleton qr-skeleton"></span></div>`});
  }
}
customElements.define('shop-handoff-dialog', HandoffDialog);

/** Opens the hand-off. */
export const handOff = () => openDialog(new HandoffDialog());
