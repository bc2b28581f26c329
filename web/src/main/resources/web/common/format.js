/** Money, dates, distances and lists in the language in use. */
import {lang, locale, t} from './i18n.js';

/** `google.type.Money` as text: `€ 1.290,00`, `€1,290.00`; an empty string when there is none. */
export function money(value) {
  if (!value || !value.currencyCode) return '';
  const units = BigInt(value.units ?? 0);
  const nanos = Number(value.nanos ?? 0);
  const cents = Math.round(Math.abs(nanos) / 1e7);
  const negative = units < 0n || nanos < 0;
  const number = new Intl.NumberFormat(locale(), {style: 'currency', currency: value.currencyCode, useGrouping: 'always'});
  const parts = number.formatToParts(units < 0n ? -units : units);
  const of = (type) => parts.filter((part) => part.type === type).map((part) => part.value).join('');
  const whole = parts.filter((part) => part.type === 'integer' || part.type === 'group').map((part) => part.value).join('');
  const fraction = of('fraction') ? (of('decimal') || '.') + String(cents).padStart(of('fraction').length, '0') : '';
  const sign = negative ? '−' : '';
  return lang === 'it' ? `${sign}${of('currency')}\u00a0${whole}${fraction}` : `${sign}${of('currency')}${whole}${fraction}`;
}

/** Adds two amounts of one currency; undefined when they differ. */
export function addMoney(a, b) {
  if (!a || !b || a.currencyCode !== b.currencyCode) return undefined;
  return fromNanos(a.currencyCode, toNanos(a) + toNanos(b));
}

/** An amount taken `count` times. */
export const timesMoney = (a, count) => (a ? fromNanos(a.currencyCode, toNanos(a) * BigInt(count)) : undefined);

const toNanos = (a) => BigInt(a.units ?? 0) * 1_000_000_000n + BigInt(a.nanos ?? 0);
const fromNanos = (currencyCode, all) => ({currencyCode, units: String(all / 1_000_000_000n), nanos: Number(all % 1_000_000_000n)});

const dateFormat = (options, timeZone) => new Intl.DateTimeFormat(locale(), timeZone ? {...options, timeZone} : options);
const asDate = (value) => (value instanceof Date ? value : new Date(value));
const dayOf = (date, timeZone) => new Intl.DateTimeFormat('en-CA', {timeZone, year: 'numeric', month: '2-digit', day: '2-digit'}).format(date);

/** `10:42` */
export const time = (value, timeZone) => dateFormat({hour: '2-digit', minute: '2-digit', hourCycle: 'h23'}, timeZone).format(asDate(value));

/** `28 nov` */
export const shortDay = (value, timeZone) => dateFormat({day: 'numeric', month: 'short'}, timeZone).format(asDate(value));

/** `oggi`, `domani`, `sabato 28`, `sabato 5 dicembre`: a day in words. */
export function day(value, timeZone) {
  const date = asDate(value);
  const now = new Date();
  const key = dayOf(date, timeZone);
  if (key === dayOf(now, timeZone)) return t('date.today');
  if (key === dayOf(new Date(now.getTime() + 86_400_000), timeZone)) return t('date.tomorrow');
  if (key === dayOf(new Date(now.getTime() - 86_400_000), timeZone)) return t('date.yesterday');
  const near = Math.abs(date - now) < 7 * 86_400_000;
  return dateFormat(near ? {weekday: 'long', day: 'numeric'} : {weekday: 'long', day: 'numeric', month: 'long'}, timeZone).format(date);
}

/** A local calendar day `2026-11-28` in words. */
export const calendarDay = (text) => day(new Date(`${text}T12:00:00`));

/** `sabato 28, 20:00` */
export const dayTime = (value, timeZone) => t('date.dayTime', {day: day(value, timeZone), time: time(value, timeZone)});

/** `10:42`, or with the day when it is not today. */
export const timeOrDay = (value, timeZone) =>
  dayOf(asDate(value), timeZone) === dayOf(new Date(), timeZone) ? time(value, timeZone) : dayTime(value, timeZone);

/** `3 minuti fa`, `tra 2 ore` */
export function ago(value, now = Date.now()) {
  const seconds = Math.round((asDate(value) - now) / 1000);
  const relative = new Intl.RelativeTimeFormat(locale(), {numeric: 'auto', style: 'short'});
  const size = Math.abs(seconds);
  if (size < 60) return relative.format(seconds, 'second');
  if (size < 3600) return relative.format(Math.round(seconds / 60), 'minute');
  if (size < 86_400) return relative.format(Math.round(seconds / 3600), 'hour');
  return relative.format(Math.round(seconds / 86_400), 'day');
}

/** `450 m`, `2,3 km` */
export function distance(meters) {
  if (meters === undefined || meters === null || Number.isNaN(Number(meters))) return '';
  const value = Number(meters);
  const metric = value < 950
    ? {unit: 'meter', number: Math.max(10, Math.round(value / 10) * 10), digits: 0}
    : {unit: 'kilometer', number: value / 1000, digits: value < 10_000 ? 1 : 0};
  return new Intl.NumberFormat(locale(), {style: 'unit', unit: metric.unit, maximumFractionDigits: metric.digits}).format(metric.number).replace(' ', '\u00a0');
}

/** A whole number with the language's grouping. */
export const number = (value) => new Intl.NumberFormat(locale()).format(Number(value));

/** `rosso, verde e blu` */
export const list = (items) => new Intl.ListFormat(locale()).format(items);

/** A readable pickup code: `4KX 9PW`. */
export const spaced = (code) => {
  const text = String(code ?? '');
  const half = text.length > 5 && !/[\s-]/.test(text) ? Math.ceil(text.length / 2) : text.length;
  return `${text.slice(0, half)} ${text.slice(half)}`.trim();
};
