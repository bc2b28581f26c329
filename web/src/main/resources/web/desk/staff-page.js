/** Who works here, the tills, and the log of what was done by whom: for managers. */
import {html, nothing} from 'lit';
import {repeat} from 'lit/directives/repeat.js';
import {act} from 'filo/act.js';
import {ApiError, newId} from 'filo/api.js';
import {confirm, FiloDialog, openDialog} from 'filo/dialog.js';
import {FiloElement, Load} from 'filo/element.js';
import * as format from 'filo/format.js';
import {has, t} from 'filo/i18n.js';
import {icon} from 'filo/icons.js';
import {announce, complain, emptyBlock, idOf, plain, shown, toast} from 'filo/ui.js';
import {allStores, api, person} from './state.js';

const LOG_PAGE = 50;
const ROLES = ['AGENT', 'STORE_STAFF', 'MANAGER'];
const PARTS = ['people', 'devices', 'log'];

const roleOf = (member) => plain(member.role, 'STAFF_ROLE_');

/** A form in a dialog; `send` says what to do with it and answers what the dialog gives back. */
class FormDialog extends FiloDialog {
  static properties = {busy: {state: true}, problem: {state: true}};

  /** The id of the request as the form stands. */
  request = newId();

  footer() {
    return html`<button class="button" @click=${() => this.close()}>${t('action.cancel')}</button>
      <button class="button primary" type="submit" form="staff-form" aria-busy=${this.busy ?? false}>${t('staff.save')}</button>`;
  }

  complaint() { return this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing; }

  submit = (event) => {
    event.preventDefault();
    const form = event.target.elements;
    return act(this, async () => this.close(await this.send(form)));
  };

  changed() { this.request = newId(); }
}

/** Adding a person, or changing one: `member`. */
class PersonDialog extends FormDialog {
  static properties = {role: {state: true}};

  heading() { return this.member ? idOf(this.member.name) : t('staff.addPerson'); }

  willUpdate() { this.role ??= this.member ? roleOf(this.member) : 'AGENT'; }

  body() {
    const own = new Set(this.member?.stores ?? []);
    return html`<form id="staff-form" class="stack" @submit=${this.submit} @input=${() => this.changed()}>
      ${this.member ? nothing : html`<div class="field"><label for="staff-email">${t('staff.email')}</label>
        <input class="input" id="staff-email" name="email" type="email" required maxlength="254" autocomplete="off" autocapitalize="none" spellcheck="false" aria-describedby="staff-email-hint">
        <span class="muted small" id="staff-email-hint">${t('staff.emailHint')}</span></div>`}
      <div class="field"><label for="staff-name">${t('staff.name')}</label><input class="input" id="staff-name" name="displayName" maxlength="100" autocomplete="off" .value=${this.member?.displayName ?? ''}></div>
      <div class="field"><label for="staff-role">${t('staff.role')}</label><select class="input" id="staff-role" name="role" @change=${(event) => { this.role = event.target.value; }}>
        ${ROLES.map((each) => html`<option value=${each} ?selected=${each === this.role}>${t(`staff.role.${each}`)}</option>`)}</select></div>
      ${this.role === 'STORE_STAFF' ? html`<fieldset class="field staff-stores"><legend>${t('staff.stores')}</legend><div class="staff-stores-all">
        ${[...this.stores.values()].map((each) => html`<label class="switch"><input type="checkbox" name="store" value=${each.name} .checked=${own.has(each.name)}> ${each.title}</label>`)}</div></fieldset>` : nothing}
      ${this.member ? html`<p class="muted small">${t('staff.changeHint')}</p>` : nothing}
      ${this.complaint()}</form>`;
  }

  async send({email, displayName, role, store}) {
    const stores = role.value === 'STORE_STAFF' ? [...(store?.length === undefined ? [store] : store)].filter((each) => each?.checked).map((each) => each.value) : [];
    if (role.value === 'STORE_STAFF' && !stores.length) throw new ApiError('refused', {detail: t('staff.storesNone')});
    const staffMember = {displayName: displayName.value.trim(), role: `STAFF_ROLE_${role.value}`, stores};
    if (!this.member) return api.post('/v1/staff', {staffMember: {...staffMember, name: `staff/${email.value.trim().toLowerCase()}`}}, {idempotencyKey: this.request});
    return api.patch(`/v1/${this.member.name}`, {...staffMember, etag: this.member.etag}, {query: {updateMask: 'displayName,role,stores'}, idempotencyKey: this.request});
  }
}
customElements.define('desk-person-dialog', PersonDialog);

/** Registering a till, or changing one: `device`. */
class DeviceDialog extends FormDialog {
  heading() { return this.device ? idOf(this.device.name) : t('staff.addDevice'); }

  body() {
    return html`<form id="staff-form" class="stack" @submit=${this.submit} @input=${() => this.changed()}>
      ${this.device ? nothing : html`<div class="field"><label for="device-id">${t('staff.deviceId')}</label>
        <input class="input num" id="device-id" name="device" required minlength="3" maxlength="40" pattern="[a-z][a-z0-9\\-]{2,39}" autocomplete="off" autocapitalize="none" spellcheck="false" aria-describedby="device-id-hint">
        <span class="muted small" id="device-id-hint">${t('staff.deviceIdHint')}</span></div>`}
      <div class="field"><label for="device-name">${t('staff.deviceName')}</label><input class="input" id="device-name" name="displayName" maxlength="100" autocomplete="off" .value=${this.device?.displayName ?? ''}></div>
      <div class="field"><label for="device-store">${t('staff.store')}</label><select class="input" id="device-store" name="store" required>
        ${[...this.stores.values()].map((each) => html`<option value=${each.name} ?selected=${each.name === this.device?.store}>${each.title}</option>`)}</select></div>
      ${this.complaint()}</form>`;
  }

  async send({device, displayName, store}) {
    const made = {displayName: displayName.value.trim(), store: store.value};
    if (!this.device) return api.post('/v1/devices', {device: {...made, name: `devices/${device.value.trim()}`}}, {idempotencyKey: this.request});
    return api.patch(`/v1/${this.device.name}`, {...made, etag: this.device.etag}, {query: {updateMask: 'displayName,store'}, idempotencyKey: this.request});
  }
}
customElements.define('desk-device-dialog', DeviceDialog);

/** A secret that is shown this once: `secret` of `id`. */
class SecretDialog extends FiloDialog {
  heading() { return t('staff.secretTitle', {device: this.id_}); }
  body() {
    return html`<div class="stack"><p>${t('staff.secretText')}</p>
      <div class="field"><label for="device-secret">${t('staff.secret')}</label><input class="input num" id="device-secret" readonly .value=${this.secret} @focus=${(event) => event.target.select()}></div>
      <p class="muted small">${t('staff.secretHow', {device: this.id_})}</p></div>`;
  }
  footer() {
    return html`<button class="button" @click=${() => navigator.clipboard?.writeText(this.secret).then(() => toast(t('staff.copied'), {image: 'check'}), () => {})}>${icon('copy', {size: 'small'})} ${t('staff.copy')}</button>
      <button class="button primary" @click=${() => this.close()}>${t('staff.secretKept')}</button>`;
  }
}
customElements.define('desk-secret-dialog', SecretDialog);

class StaffPage extends FiloElement {
  static properties = {params: {attribute: false}, query: {attribute: false}, restored: {}, busy: {state: true}, problem: {state: true}, verdict: {state: true}, stores: {state: true}};

  constructor() {
    super();
    this.stores = new Map();
    this.lists = {
      people: new Load(this, (signal) => api.all('/v1/staff', 'staffMembers', {signal})),
      devices: new Load(this, (signal) => api.all('/v1/devices', 'devices', {signal})),
      log: new Load(this, (signal) => api.get('/v1/auditEntries', {query: {pageSize: LOG_PAGE, orderBy: 'sequence desc'}, signal})),
    };
  }

  connectedCallback() {
    super.connectedCallback();
    allStores().then((stores) => { this.stores = stores; }, () => { /* names stand for titles */ });
    this.lists[this.part].run();
  }

  /** Another part is shown in the same page. */
  keepOn({params}) {
    this.params = params;
    this.problem = undefined;
    this.lists[this.part].run();
    return true;
  }

  get part() { return PARTS.includes(this.params?.part) ? this.params.part : 'people'; }

  render() {
    const part = this.part;
    return html`<section class="vouchers stack"><header class="spread"><h1 tabindex="-1">${t('staff.title')}</h1>
        ${part === 'people' ? html`<button class="button primary" @click=${() => this.#person()}>${icon('plus', {size: 'small'})} ${t('staff.addPerson')}</button>` : nothing}
        ${part === 'devices' ? html`<button class="button primary" @click=${() => this.#device()}>${icon('plus', {size: 'small'})} ${t('staff.addDevice')}</button>` : nothing}
        ${part === 'log' ? html`<button class="button primary" aria-busy=${this.busy ?? false} @click=${this.#verify}>${icon('check', {size: 'small'})} ${t('staff.verify')}</button>` : nothing}</header>
      <nav class="cluster" aria-label=${t('staff.parts')}>${PARTS.map((each) => html`<a class="button ${each === part ? 'chosen' : 'text'}" href=${each === 'people' ? '/desk/staff' : `/desk/staff/${each}`} aria-current=${each === part ? 'page' : nothing}>${t(`staff.part.${each}`)}</a>`)}</nav>
      ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing}
      ${part === 'people' ? this.#people() : part === 'devices' ? this.#devices() : this.#log()}</section>`;
  }

  #shown(list, content) {
    return shown(list, content, {skeleton: html`<div class="inbox-wait" aria-busy="true"><span class="skeleton"></span><span class="skeleton"></span></div>`});
  }

  #store(name) { return this.stores.get(name)?.title ?? idOf(name); }

  #state(active) { return active ? nothing : html`<span class="tag">${t('staff.inactive')}</span>`; }

  // People

  #people() {
    return this.#shown(this.lists.people, (people) => html`<ul class="list voucher-list">${repeat(people, (each) => each.name, (each) => this.#personRow(each))}</ul>`);
  }

  #personRow(member) {
    const email = idOf(member.name);
    const herself = member.name === person.claims?.name;
    return html`<li class="card voucher-row" data-name=${member.name}><div class="grow"><p class="cluster"><strong class="break">${member.displayName || email}</strong><span class="tag accent">${t(`staff.role.${roleOf(member)}`)}</span>${this.#state(member.active)}${herself ? html`<span class="tag">${t('staff.you')}</span>` : nothing}</p>
        <p class="muted small break">${[member.displayName && email, (member.stores ?? []).map((each) => this.#store(each)).join(', ')].filter(Boolean).join(' · ')}</p></div>
      <div class="cluster"><button class="button" aria-label=${t('staff.changeOf', {name: email})} @click=${() => this.#person(member)}>${t('staff.change')}</button>
        <button class="button" aria-label=${t(member.active ? 'staff.deactivateOf' : 'staff.activateOf', {name: email})} @click=${() => this.#let(member, email, 'people')}>${t(member.active ? 'staff.deactivate' : 'staff.activate')}</button></div></li>`;
  }

  async #person(member) {
    const saved = await openDialog(new PersonDialog(), {member, stores: await this.#allStores()});
    if (!saved) return;
    toast(t(member ? 'staff.changed' : 'staff.added', {name: idOf(saved.name)}), {image: 'check'});
    this.#put('people', saved);
  }

  /** Shows what an answer says at once: who clicks on goes on from there, not from what was before. Then all is read anew. */
  #put(part, one) {
    const list = this.lists[part];
    if (list.data) list.set(list.data.map((each) => (each.name === one.name ? one : each)));
    list.run();
  }

  /** Lets somebody or something in, or no more. */
  async #let(one, name, part) {
    if (one.active && !await confirm({title: t('staff.deactivateTitle', {name}), text: t(`staff.deactivateText.${part}`), yes: t('staff.deactivate'), danger: true})) return;
    let made;
    await act(this, async () => {
      made = await api.patch(`/v1/${one.name}`, {active: !one.active, etag: one.etag}, {query: {updateMask: 'active'}, idempotencyKey: newId()});
      toast(t(one.active ? 'staff.deactivated' : 'staff.activated', {name}), {image: 'check'});
    });
    if (this.problem) announce(this.problem);
    if (made) this.#put(part, made);
    else this.lists[part].run();
  }

  // Devices

  #devices() {
    return this.#shown(this.lists.devices, (devices) => (devices.length
      ? html`<ul class="list voucher-list">${repeat(devices, (each) => each.name, (each) => this.#deviceRow(each))}</ul>`
      : emptyBlock({image: 'key', title: t('staff.devicesNone'), text: t('staff.devicesNoneText')})));
  }

  #deviceRow(device) {
    const id = idOf(device.name);
    return html`<li class="card voucher-row" data-name=${device.name}><div class="grow"><p class="cluster"><strong class="break">${device.displayName || id}</strong>${this.#state(device.active)}</p>
        <p class="muted small break">${[device.displayName && id, this.#store(device.store)].filter(Boolean).join(' · ')}</p></div>
      <div class="cluster"><button class="button" aria-label=${t('staff.changeOf', {name: id})} @click=${() => this.#device(device)}>${t('staff.change')}</button>
        <button class="button" aria-label=${t('staff.rotateOf', {name: id})} @click=${() => this.#rotate(device, id)}>${icon('key', {size: 'small'})} ${t('staff.rotate')}</button>
        <button class="button" aria-label=${t(device.active ? 'staff.deactivateOf' : 'staff.activateOf', {name: id})} @click=${() => this.#let(device, id, 'devices')}>${t(device.active ? 'staff.deactivate' : 'staff.activate')}</button></div></li>`;
  }

  async #device(device) {
    const saved = await openDialog(new DeviceDialog(), {device, stores: await this.#allStores()});
    if (!saved) return;
    this.#put('devices', device ? saved : saved.device);
    if (!device) await this.#show(saved);
    else toast(t('staff.changed', {name: idOf(saved.name)}), {image: 'check'});
  }

  /** The secret, while there is one to see: a repeated call does not give it again. */
  #show({device, secret}) {
    const id = idOf(device.name);
    return secret ? openDialog(new SecretDialog(), {id_: id, secret}) : toast(t('staff.secretGone', {device: id}), {image: 'warning'});
  }

  async #rotate(device, name) {
    if (!await confirm({title: t('staff.rotateTitle', {name}), text: t('staff.rotateText'), yes: t('staff.rotate'), danger: true})) return;
    let made;
    await act(this, async () => { made = await api.post(`/v1/${device.name}:rotateSecret`, {}, {idempotencyKey: newId()}); });
    if (!made) return this.lists.devices.run();
    this.#put('devices', made.device);
    return this.#show(made);
  }

  async #allStores() {
    try { return await allStores(); } catch (error) {
      complain(error);
      return this.stores;
    }
  }

  // The log

  #log() {
    return html`${this.verdict ? this.#said(this.verdict) : nothing}
      ${this.#shown(this.lists.log, ({auditEntries = [], nextPageToken}) => (auditEntries.length
        ? html`<ul class="list voucher-list">${repeat(auditEntries, (each) => each.sequence, (each) => this.#entry(each))}</ul>
          ${nextPageToken ? html`<button class="button" aria-busy=${this.busy ?? false} @click=${() => this.#more(nextPageToken)}>${t('staff.more')}</button>` : nothing}`
        : emptyBlock({image: 'list', title: t('staff.logNone'), text: ''})))}`;
  }

  #entry({sequence, time, actor, action, subject, changes = {}}) {
    const word = `staff.act.${action}`;
    return html`<li class="card voucher-row" data-sequence=${sequence}><div class="grow"><p class="cluster"><strong>${has(word) ? t(word) : action}</strong><span class="break">${idOf(subject)}</span></p>
        <p class="muted small break">${[format.dayTime(time), t('staff.by', {actor: idOf(actor)})].join(' · ')}</p>
        ${this.#changes(changes)}</div><span class="muted small num">${sequence}</span></li>`;
  }

  /** «ruolo: Negozio · negozi: Milano Buenos Aires»; what has no words is told as it is in the log. */
  #changes(changes) {
    const told = Object.entries(changes).filter(([, value]) => value).map(([field, value]) => {
      const name = `staff.field.${field}`;
      const word = field === 'role' ? `staff.role.${value.toUpperCase()}` : `staff.value.${value}`;
      const stores = ['store', 'stores'].includes(field) && value.split(/[\s,]+/).map((each) => this.#store(each)).join(', ');
      return `${has(name) ? t(name) : field}: ${stores || (has(word) ? t(word) : value)}`;
    });
    return told.length ? html`<p class="small break">${told.join(' · ')}</p>` : nothing;
  }

  #said({entryCount = 0, faults = []}) {
    return faults.length
      ? html`<div class="note danger" role="alert">${icon('warning')}<span>${t('staff.verifyFaults', {count: faults.length, places: faults.map((each) => `${each.sequence} (${t(`staff.fault.${plain(each.kind, 'KIND_')}`)})`).join(', ')})}</span></div>`
      : html`<div class="note accent" role="status">${icon('done')}<span>${t('staff.verifyWhole', {count: entryCount})}</span></div>`;
  }

  #verify = () => act(this, async () => { this.verdict = await api.get('/v1/auditEntries:verify', {timeout: 60_000}); });

  #more(pageToken) {
    return act(this, async () => {
      const {auditEntries = [], nextPageToken} = await api.get('/v1/auditEntries', {query: {pageSize: LOG_PAGE, orderBy: 'sequence desc', pageToken}});
      this.lists.log.set({auditEntries: [...this.lists.log.data.auditEntries, ...auditEntries], nextPageToken});
    });
  }
}
customElements.define('desk-staff', StaffPage);
