/** A scanner that types: keys faster than fingers, ended by Enter, anywhere outside fields. */
const FAST_MS = 60;
const LEAST = 6;

/** Calls `scanned(code)` for each scan; returns the end of listening. */
export function listenForScans(scanned) {
  let typed = '';
  let last = 0;
  const heard = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.('input, textarea, select')) return;
    const now = event.timeStamp;
    if (now - last > FAST_MS) typed = '';
    last = now;
    if (event.key === 'Enter') {
      const code = typed;
      typed = '';
      if (code.length < LEAST) return;
      event.preventDefault();
      event.stopPropagation();
      scanned(code);
    } else if (event.key.length === 1) typed += event.key;
  };
  addEventListener('keydown', heard, {capture: true});
  return () => removeEventListener('keydown', heard, {capture: true});
}
