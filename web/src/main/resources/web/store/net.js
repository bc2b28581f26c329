/**
 * Whether the server can be reached, judged by its answers: a Wi-Fi without an uplink says `online` to browsers.
 * Announces `change`.
 */
const HEARD = 'filo.store.heard';
const SAVE_MS = 10_000;

class Net extends EventTarget {
  /** Whether it is known that the server cannot be reached. */
  away = false;
  /** When the server was heard last, in ms; 0: never. */
  heardAt = 0;
  #savedAt = 0;

  constructor() {
    super();
    try { this.heardAt = Number(localStorage.getItem(HEARD)) || 0; } catch { /* unknown */ }
    addEventListener('offline', () => this.lost());
  }

  /** An answer came, whatever it said. */
  heard(at = Date.now()) {
    if (at < this.heardAt) return;
    this.heardAt = at;
    if (at - this.#savedAt > SAVE_MS) {
      this.#savedAt = at;
      try { localStorage.setItem(HEARD, String(at)); } catch { /* for this visit only */ }
    }
    if (this.away) this.#set(false);
  }

  /** No answer came. */
  lost() { if (!this.away) this.#set(true); }

  /** Asks the server for a sign of life. */
  async probe() {
    try {
      await fetch('/healthz', {cache: 'no-store', signal: AbortSignal.timeout(4000)});
      this.heard();
    } catch {
      this.lost();
    }
    return !this.away;
  }

  #set(away) {
    this.away = away;
    this.dispatchEvent(new Event('change'));
  }
}

export const net = new Net();
