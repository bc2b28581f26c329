/** What a customer is known by. */
import {html, nothing} from 'lit';
import {icon} from 'filo/icons.js';
import {has, t} from 'filo/i18n.js';
import {plain} from 'filo/ui.js';

const ICONS = {EMAIL: 'mail', PHONE: 'phone', WHATSAPP: 'chat', MESSENGER: 'chat', INSTAGRAM: 'chat', LOYALTY_CARD: 'star', TILL_CARD: 'tag'};

const typeOf = (type) => plain(type, 'TYPE_');

/** «e-mail», «telefono», … */
export const typeWord = (type) => has(`identifier.${typeOf(type)}`) ? t(`identifier.${typeOf(type)}`) : typeOf(type);

/** Her name, or what she is. */
export const nameOrGuest = (customer) => [customer?.givenName, customer?.familyName].filter(Boolean).join(' ') || t(customer?.guest ? 'desk.guest' : 'desk.customer');

/** One line of the list. */
export const identifierRow = (each) => html`<li>${icon(ICONS[typeOf(each.type)] ?? 'tag', {size: 'small', label: typeWord(each.type)})} <span class="grow">${each.value}</span>${each.verified
  ? html`<span class="tag accent">${icon('check', {size: 'small'})} ${t('panel.verified')}</span>` : html`<span class="tag">${t('panel.claimed')}</span>`}</li>`;

/** All of them. */
export const identifierList = (customer) => (customer.identifiers ?? []).length
  ? html`<ul class="facts">${customer.identifiers.map(identifierRow)}</ul>` : nothing;
