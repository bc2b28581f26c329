/**
 * Texts in Italian and English. `t('cart.lines', {count: 3})` looks a key up in the language in use; a message is a
 * string with {placeholders}, or an object of plural forms chosen by `count` (Intl.PluralRules). Switching language
 * loads the other module and announces `change`: elements re-render in place, forms and scroll stay.
 */
const KEY = 'filo.lang';
const LANGS = ['it', 'en'];
const sources = [];
let messages = {};
let plural;

/** Announces `change` after the language has been switched and loaded. */
export const i18n = new EventTarget();

/** The language in use, `it` or `en`. */
export let lang = preferred();

/** Languages offered, with their own names. */
export const languages = [{code: 'it', name: 'Italiano'}, {code: 'en', name: 'English'}];

/** The locale for Intl: Italian formats, or English with European order of day and month. */
export const locale = () => (lang === 'it' ? 'it-IT' : 'en-IE');

function preferred() {
  let saved = null;
  try { saved = localStorage.getItem(KEY); } catch { /* storage is closed to us: follow the browser */ }
  if (LANGS.includes(saved)) return saved;
  const wanted = (navigator.languages ?? [navigator.language]).map((each) => each.slice(0, 2).toLowerCase());
  return wanted.find((each) => LANGS.includes(each)) ?? 'en';
}

/**
 * Adds a source of messages and loads the language in use.
 * @param {(lang: string) => Promise<{default: object}>} source imports the messages of one language
 */
export async function addMessages(source) {
  sources.push(source);
  await load(lang);
}

async function load(code) {
  const parts = await Promise.all(sources.map((source) => source(code)));
  messages = Object.assign({}, ...parts.map((part) => part.default));
  plural = new Intl.PluralRules(code);
  document.documentElement.lang = code;
}

/** Switches the language for this browser. */
export async function setLang(code) {
  if (!LANGS.includes(code) || code === lang) return;
  await load(code);
  lang = code;
  try { localStorage.setItem(KEY, code); } catch { /* stays for this visit only */ }
  i18n.dispatchEvent(new Event('change'));
}

// Another tab of this browser switched.
addEventListener('storage', (event) => { if (event.key === KEY && event.newValue) setLang(event.newValue); });

/** Whether a text exists for this key. */
export const has = (key) => key in messages;

/** The text of a key; the key itself when it is missing, so that a gap is seen and nothing breaks. */
export function t(key, args) {
  let message = messages[key];
  if (message === undefined) return key;
  if (typeof message === 'object') {
    const count = Number(args?.count ?? 0);
    message = (count === 0 ? message.zero : undefined) ?? message[plural.select(count)] ?? message.other;
  }
  return args ? message.replace(/\{(\w+)\}/g, (whole, name) => (args[name] === undefined ? whole : shown(args[name]))) : message;
}

const shown = (value) => (typeof value === 'number' ? new Intl.NumberFormat(locale()).format(value) : String(value));
