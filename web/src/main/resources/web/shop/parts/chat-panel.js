/** The chat beside the page on wide screens, over the whole screen on narrow ones. Loaded when first opened. */
import {html} from 'lit';
import {FiloElement} from 'filo/element.js';
import {icon} from 'filo/icons.js';
import {t} from 'filo/i18n.js';
import {chat} from '../chat-store.js';
import {ChatView} from './chat-view.js';

class ChatPanel extends FiloElement {
  constructor() {
    super();
    this.listen(chat, 'change');
  }

  get dialog() { return this.querySelector('dialog'); }

  async show() {
    if (!this.isConnected) document.body.append(this);
    await this.updateComplete;
    if (!this.dialog.open) this.dialog.show();
    const view = this.querySelector('shop-chat-view');
    await view.updateComplete;
    view.focusField();
  }

  close() {
    this.dialog.close();
    this.remove();
    document.querySelector('.chat-button')?.focus();
  }

  render() {
    return html`<dialog class="chat-panel" aria-label=${t('chat.title')} @keydown=${(event) => { if (event.key === 'Escape') this.close(); }}>
      <header><span class="avatar" aria-hidden="true">${icon('agent')}</span><div class="grow"><h2>${t('chat.title')}</h2><p class="small muted">${ChatView.status()}</p></div>
        <button class="button text square" aria-label=${t('chat.close')} @click=${() => this.close()}>${icon('close')}</button></header>
      <shop-chat-view></shop-chat-view>
    </dialog>`;
  }
}
customElements.define('shop-chat-panel', ChatPanel);

let panel;

/** Opens the chat, or goes to its field when it is open already. */
export function openChat() {
  panel ??= new ChatPanel();
  return panel.show();
}
