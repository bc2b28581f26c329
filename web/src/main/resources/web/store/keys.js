/**
 * Keys of the whole page, outside fields: single keys that act (they can be switched off), and scanners that type.
 * A scanner's keys come faster than fingers and end with Enter, so a single key acts only after a moment of silence.
 */
const FAST_MS = 60;
const LEAST = 6;
const KEY = 'filo.store.keysOff';

let off = false;
try { off = localStorage.getItem(KEY) === '1'; } catch { /* on */ }

/** Whether single keys act. */
export const keysOn = () => !off;

/** Lets single keys act, or not. */
export function letKeys(value) {
  off = !value;
  try { localStorage.setItem(KEY, off ? '1' : '0'); } catch { /* for this visit only */ }
}

const FIELDS = 'input, textarea, select, [contenteditable]';

/** Calls `scanned(code)` for each scan and `pressed(key)` for each single key; returns the end of listening. */
export function listenForKeys({scanned, pressed}) {
  let typed = '';
  let last = 0;
  let timer;
  const heard = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.target.closest?.(FIELDS)) return;
    const fast = event.timeStamp - last <= FAST_MS;
    last = event.timeStamp;
    if (!fast) typed = '';
    if (event.key === 'Enter') {
      const code = typed;
      typed = '';
      if (code.length < LEAST) return;
      clearTimeout(timer);
      event.preventDefault();
      event.stopPropagation();
      scanned(code);
      return;
    }
    if (event.key.length > 1) {
      if (event.key.startsWith('Arrow') && !event.repeat && press(event.key)) event.preventDefault();
      return;
    }
    typed += event.key;
    clearTimeout(timer);
    if (typed.length > 1 || event.repeat) return;
    const key = event.key.toLowerCase();
    // A letter that would be typed into the field it leads to, or scroll the page, ends here.
    if (key === '/' || key === "'") event.preventDefault();
    timer = setTimeout(() => { if (typed.toLowerCase() === key) press(key); }, FAST_MS + 20);
  };
  const press = (key) => {
    if (off || document.querySelector('dialog[open]')) return false;
    return pressed(key);
  };
  addEventListener('keydown', heard, {capture: true});
  return () => {
    clearTimeout(timer);
    removeEventListener('keydown', heard, {capture: true});
  };
}
