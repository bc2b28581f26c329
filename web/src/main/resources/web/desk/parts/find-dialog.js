/** Ctrl+K: a conversation by name or words, or goods to look up for the customer shown. */
import {html, nothing} from 'lit';
import {FiloDialog} from 'filo/dialog.js';
import {icon} from 'filo/icons.js';
import {t} from 'filo/i18n.js';
import {inbox} from '../inbox.js';
import {router} from '../routes.js';
import {nameOf, waiting} from './inbox-list.js';

export class FindDialog extends FiloDialog {
  static properties = {words: {state: true}, active: {state: true}};

  constructor() {
    super();
    this.words = '';
    this.active = 0;
  }

  async open() {
    const closed = super.open();
    this.updateComplete.then(() => this.querySelector('input')?.focus());
    return closed;
  }

  heading() { return t('desk.find'); }

  get #found() {
    const words = this.words.trim().toLowerCase();
    const threads = inbox.list('open').filter((each) => !words || `${nameOf(each)} ${each.lastMessage?.text ?? ''}`.toLowerCase().includes(words)).slice(0, 8)
      .map((conversation) => ({conversation: conversation.name, about: conversation}));
    const goods = words && router.current?.params.conversation ? [{words: this.words.trim()}] : [];
    return [...threads, ...goods];
  }

  body() {
    const found = this.#found;
    return html`<form class="stack" @submit=${(event) => { event.preventDefault(); if (found[this.active]) this.close(found[this.active]); }}>
      <input class="input" type="search" autocomplete="off" spellcheck="false" aria-label=${t('desk.find')} placeholder=${t('find.placeholder')} role="combobox" aria-expanded="true" aria-controls="find-list"
        aria-autocomplete="list" aria-activedescendant=${found.length ? `find-${this.active}` : nothing}
        @input=${(event) => { this.words = event.target.value; this.active = 0; }} @keydown=${(event) => this.#keys(event, found.length)}>
      <ul class="find" role="listbox" id="find-list" aria-label=${t('desk.find')}>${found.map((each, i) => html`<li role="option" id="find-${i}" aria-selected=${i === this.active} @click=${() => this.close(each)}>
        ${each.about ? html`${icon('chat', {size: 'small'})}<span class="grow"><strong>${nameOf(each.about)}</strong><br><span class="muted small find-text">${each.about.lastMessage?.text}</span></span>${waiting(each.about)}`
          : html`${icon('search', {size: 'small'})}<span>${t('find.goods', {words: each.words})}</span>`}</li>`)}</ul>
      ${found.length ? nothing : html`<p class="muted">${t('find.none')}</p>`}</form>`;
  }

  #keys(event, count) {
    const step = {ArrowDown: 1, ArrowUp: -1}[event.key];
    if (!step || !count) return;
    event.preventDefault();
    this.active = (this.active + step + count) % count;
  }
}
customElements.define('desk-find-dialog', FindDialog);
