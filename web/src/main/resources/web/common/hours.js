/** Opening hours of a store (google.type.DayOfWeek, TimeOfDay) in its own time zone, as words and as days to choose. */
import {t} from './i18n.js';
import * as format from './format.js';

const DAYS = ['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY'];

const minutes = (time) => Number(time?.hours ?? 0) * 60 + Number(time?.minutes ?? 0);
const clock = (total) => `${String(Math.floor(total / 60) % 24).padStart(2, '0')}:${String(total % 60).padStart(2, '0')}`;

/** Year, month, day, weekday and minute of an instant in a zone. */
export function local(instant, timeZone) {
  const parts = new Intl.DateTimeFormat('en-US', {timeZone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23'})
    .formatToParts(instant).reduce((all, part) => ({...all, [part.type]: Number(part.value)}), {});
  const date = `${parts.year}-${String(parts.month).padStart(2, '0')}-${String(parts.day).padStart(2, '0')}`;
  return {date, minute: parts.hour * 60 + parts.minute};
}

const weekday = (date) => DAYS[new Date(`${date}T12:00:00Z`).getUTCDay()];
const addDays = (date, count) => new Date(Date.parse(`${date}T12:00:00Z`) + count * 86_400_000).toISOString().slice(0, 10);

/** The hours of one date: [{open, close}] in minutes, by special day if there is one. */
export function hoursOn(store, date) {
  const [year, month, dayOfMonth] = date.split('-').map(Number);
  const special = store.specialDays?.find(({date: each}) => each?.year === year && each?.month === month && each?.day === dayOfMonth);
  const periods = special ? special.periods ?? [] : (store.openingHours ?? []).filter((period) => period.day === weekday(date));
  return periods.map((period) => ({open: minutes(period.openTime), close: minutes(period.closeTime)})).sort((a, b) => a.open - b.open);
}

/** Whether it is open now, and what comes next: {open, until} or {open: false, day, at}. */
export function openState(store, now = new Date()) {
  const here = local(now, store.timeZone);
  const current = hoursOn(store, here.date).find((each) => each.open <= here.minute && here.minute < each.close);
  if (current) return {open: true, until: clock(current.close)};
  for (let ahead = 0; ahead < 14; ahead++) {
    const date = addDays(here.date, ahead);
    const next = hoursOn(store, date).find((each) => ahead > 0 || each.open > here.minute);
    if (next) return {open: false, date, at: clock(next.open)};
  }
  return {open: false};
}

/** «Aperto fino alle 20:00», «Chiuso, apre domani alle 10:00». */
export function openText(store, now) {
  if (!store.openingHours?.length) return '';
  const state = openState(store, now);
  if (state.open) return t('hours.openUntil', {time: state.until});
  return state.date ? t('hours.opens', {day: format.calendarDay(state.date), time: state.at}) : t('hours.closed');
}

/** The next days the store is open, with the closing time of each: [{date, close: '20:00'}]. */
export function closings(store, count = 7, now = new Date()) {
  const here = local(now, store.timeZone);
  const found = [];
  for (let ahead = 0; ahead < 21 && found.length < count; ahead++) {
    const date = addDays(here.date, ahead);
    const last = hoursOn(store, date).at(-1);
    if (last && (ahead > 0 || last.close > here.minute + 15)) found.push({date, close: clock(last.close)});
  }
  return found;
}

/** The ordinary week as rows: [{days: 'lunedì – venerdì', hours: '10:00–20:00'}]. */
export function week(store) {
  const rows = [];
  const monday = '2024-01-01';
  for (let i = 0; i < 7; i++) {
    const date = addDays(monday, i);
    const hours = hoursOn({openingHours: store.openingHours}, date).map((each) => `${clock(each.open)}–${clock(each.close)}`).join(', ');
    const before = rows.at(-1);
    if (before && before.hours === hours) before.to = date;
    else rows.push({from: date, to: date, hours});
  }
  const name = (date) => new Intl.DateTimeFormat(document.documentElement.lang, {weekday: 'long', timeZone: 'UTC'}).format(new Date(`${date}T12:00:00Z`));
  return rows.map(({from, to, hours}) => ({days: from === to ? name(from) : `${name(from)} – ${name(to)}`, hours: hours || t('hours.closedDay')}));
}
