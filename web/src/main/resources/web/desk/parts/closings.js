/** Choosing a closing of a store by its date. */
import {html} from 'lit';
import * as format from 'filo/format.js';
import {closings, local} from 'filo/hours.js';
import {t} from 'filo/i18n.js';

/** The next closings to choose from: a week of them, so that Saturday is among them on a Sunday too. */
export const next = (store) => closings(store, 7);

/** Closings after the day of an instant. */
export function later(store, time) {
  const {date} = local(new Date(time), store.timeZone);
  return closings(store, 12).filter((each) => each.date > date).slice(0, 6);
}

/** The closings as a choice of one. */
export const closingChoice = (days, chosen, choose) => html`<fieldset class="stack-8"><legend class="label">${t('reserve.until')}</legend>
  ${days.length ? html`<div class="closings">${days.map(({date, close}) => html`<label class="choice boxed"><input type="radio" name="until" .checked=${date === chosen} @change=${() => choose(date)}>
    <span class="grow first-upper">${format.calendarDay(date)}</span><span class="muted num">${close}</span></label>`)}</div>` : html`<p class="muted">${t('reserve.noHours')}</p>`}</fieldset>`;
