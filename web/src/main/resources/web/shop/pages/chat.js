/** The chat as a page of its own. */
import {html} from 'lit';
import {FiloElement} from 'filo/element.js';
import {t} from 'filo/i18n.js';
import {chat} from '../chat-store.js';
import {ChatView} from '../parts/chat-view.js';

class ChatPage extends FiloElement {
  constructor() {
    super();
    this.listen(chat, 'change');
    // The page is as tall as what the on-screen keyboard leaves.
    this.whileConnected(() => {
      const fit = () => this.style.setProperty('--visible', `${Math.round(visualViewport.height)}px`);
      fit();
      visualViewport.addEventListener('resize', fit);
      return () => visualViewport.removeEventListener('resize', fit);
    });
  }

  title_() { return t('chat.title'); }

  render() {
    return html`<div class="chat-page"><header><h1>${t('chat.title')}</h1><p class="small muted">${ChatView.status()}</p></header><shop-chat-view></shop-chat-view></div>`;
  }
}
customElements.define('shop-chat', ChatPage);
