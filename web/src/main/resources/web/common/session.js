/**
 * Who is using this app: tokens of `POST /oauth2/token`, kept in localStorage for all tabs of one app. Only one tab
 * renews (Web Locks); the others read the result. Announces `change` with detail {reason}: guest, signIn, handoff,
 * signOut, expired, elsewhere.
 */
import {ApiError, toError} from './api.js';
import {lang} from './i18n.js';

const EARLY_MS = 30_000;
const HANDOFF_POLL_MS = 1000;
const LATE_MS = 500;
const BUSY = Symbol('busy');

/** Runs `work` while no other tab runs work under this name; where Web Locks are missing, just runs it. */
export const underLock = (name, work) => (navigator.locks ? navigator.locks.request(name, work) : work());

/** The same; `work` is told whether it had to wait for another tab. */
async function afterOthers(name, work) {
  if (!navigator.locks) return work(false);
  const done = await navigator.locks.request(name, {ifAvailable: true}, (lock) => (lock ? work(false) : BUSY));
  return done === BUSY ? navigator.locks.request(name, () => work(true)) : done;
}

/** This device's name, as it is shown on the other ones: `iPhone`, `iPad`, `Android`, `Mac`, `PC`. */
export function deviceName() {
  const agent = navigator.userAgent;
  return ['iPhone', 'iPad', 'Android'].find((each) => agent.includes(each)) ?? (agent.includes('Macintosh') ? 'Mac' : 'PC');
}

/** The kind of a device by its name: `phone`, `tablet`, `pc`. */
export function deviceKind(name = deviceName()) {
  if (/ipad|tablet/i.test(name)) return 'tablet';
  return /iphone|android|phone|telefono|mobile/i.test(name) ? 'phone' : 'pc';
}

/**
 * Makes the session of one app.
 * @param {{app: string, clientId: string, guest?: boolean}} options guest: take a guest's token on first need
 */
export function createSession({app, clientId, guest = false}) {
  const key = `filo.session.${app}`;
  const lock = `filo-session.${app}`;
  const events = new EventTarget();
  let memory = null;
  let taking = null;

  const stored = () => {
    try { return localStorage.getItem(key); } catch { return null; }
  };
  const read = () => {
    try { return JSON.parse(stored()) ?? memory; } catch { return memory; }
  };
  const write = (value) => {
    memory = value;
    try { value ? localStorage.setItem(key, JSON.stringify(value)) : localStorage.removeItem(key); } catch { /* memory keeps it */ }
  };
  let turn = 0;
  const announce = (reason) => {
    if (reason !== 'guest') turn++;
    events.dispatchEvent(new CustomEvent('change', {detail: {reason}}));
  };

  addEventListener('storage', (event) => {
    if (event.key !== key) return;
    const before = event.oldValue ? JSON.parse(event.oldValue) : null;
    const after = event.newValue ? JSON.parse(event.newValue) : null;
    memory = after;
    if (before?.owner !== after?.owner) announce(after ? 'elsewhere' : 'signOut');
  });

  async function ask(fields) {
    let response;
    try {
      response = await fetch('/oauth2/token', {
        method: 'POST',
        headers: {'Accept': 'application/json', 'Accept-Language': lang},
        body: new URLSearchParams({client_id: clientId, ...fields}),
        signal: AbortSignal.timeout(10_000),
      });
    } catch (failure) {
      throw new ApiError(failure.name === 'TimeoutError' ? 'timeout' : 'offline');
    }
    if (!response.ok) {
      const body = await response.clone().json().catch(() => ({}));
      const error = await toError(response);
      error.oauth = body.error;
      error.reason ??= /^[A-Z][A-Z_]{3,}/.exec(body.error_description ?? '')?.[0] ?? body.error?.toUpperCase();
      error.detail ??= body.error_description;
      throw error;
    }
    return response.json();
  }

  /** Stores an answer of the token endpoint. `owner` changes whenever the person may have changed. */
  function keep(answer, kind, owner) {
    const saved = {
      accessToken: answer.access_token,
      refreshToken: answer.refresh_token,
      expireAt: Date.now() + (answer.expires_in ?? 300) * 1000,
      kind,
      owner: owner ?? Math.random().toString(36).slice(2),
    };
    write(saved);
    return saved;
  }

  async function revoke(token) {
    try {
      await fetch('/oauth2/revoke', {
        method: 'POST',
        body: new URLSearchParams({client_id: clientId, token, token_type_hint: 'refresh_token'}),
      });
    } catch { /* not reachable: the token ends by itself */ }
  }

  const fresh = (saved) => saved && saved.expireAt - EARLY_MS > Date.now();

  /**
   * What is kept, with what another tab kept under the lock: each tab's process has a copy of it, which may learn of
   * that later than of the lock's end.
   */
  async function settled(before) {
    if (stored() === before) {
      await new Promise((resolve) => {
        const hear = (event) => { if (event.key === key) end(); };
        const timer = setTimeout(() => end(), LATE_MS);
        const end = () => {
          removeEventListener('storage', hear);
          clearTimeout(timer);
          resolve();
        };
        addEventListener('storage', hear);
      });
    }
    return read();
  }

  /** Under the lock: another tab may have renewed meanwhile; else refresh; else become a guest, where that is allowed. */
  const take = (bad, before = stored()) => afterOthers(lock, async (waited) => {
    const saved = waited ? await settled(before) : read();
    if (saved && saved.accessToken !== bad && fresh(saved)) return saved.accessToken;
    if (saved?.refreshToken) {
      let answer;
      try {
        answer = await ask({grant_type: 'refresh_token', refresh_token: saved.refreshToken});
      } catch (error) {
        if (error.passing) throw error;
      }
      const still = read()?.owner === saved.owner;
      if (answer && still) return keep({refresh_token: saved.refreshToken, ...answer}, saved.kind, saved.owner).accessToken;
      // She signed out meanwhile: what came now is nobody's any more.
      if (answer) revoke(answer.refresh_token ?? saved.refreshToken);
    }
    if (saved && read()?.owner === saved.owner) {
      write(null);
      announce('expired');
    }
    if (!guest) return null;
    const answer = await ask({grant_type: 'urn:filo:oauth:guest', device: deviceName()});
    const next = keep(answer, 'guest');
    announce('guest');
    return next.accessToken;
  });

  const single = (bad) => (taking ??= take(bad).finally(() => { taking = null; }));

  return {
    app,
    events,
    /** What is known without asking: null, or {kind: 'guest' | 'person' | 'handoff'}. */
    get known() { return read(); },
    /**
     * Counts how often the person may have changed: what was begun in another turn is not this person's. A guest whose
     * session only just began is the same person.
     */
    get turn() { return turn; },
    /** Calls `work` whenever the person has gone, by herself or because her session ended. */
    onLeave(work) {
      events.addEventListener('change', ({detail}) => { if (['signOut', 'expired'].includes(detail.reason)) work(); });
    },
    /** An access token; `required: false` gives null instead of making a guest. */
    async token({required = true} = {}) {
      const saved = read();
      if (fresh(saved)) return saved.accessToken;
      if (!saved && !required) return null;
      return single(undefined);
    },
    /** Another token after `bad` was refused; null when there is none. */
    renew: (bad) => single(bad ?? undefined),
    /** Ends a sign-in started with `POST /v1/signIns`. */
    async finishSignIn(signIn, code) {
      // A guest's session that began after the code was asked for: what is in it comes along.
      const guestToken = read()?.kind === 'guest' ? await this.token({required: false}).catch(() => null) : null;
      const answer = await ask({grant_type: 'urn:filo:oauth:code', sign_in: signIn, code, device: deviceName(), ...(guestToken ? {guest_token: guestToken} : {})});
      await underLock(lock, async () => keep(answer, 'person'));
      announce('signIn');
    },
    /** Ends a sign-in started with `POST /v1/passkeySignIns`; `credential` is what the device answered, as JSON. */
    async finishPasskey(signIn, credential) {
      // Whoever started it must end it; a guest's things come along.
      const token = read() ? await this.token({required: false}).catch(() => null) : null;
      const answer = await ask({grant_type: 'urn:filo:oauth:passkey', sign_in: signIn, credential, device: deviceName(), ...(token ? {guest_token: token} : {})});
      await underLock(lock, async () => keep(answer, 'person'));
      announce('signIn');
    },
    /**
     * Takes over the session that another device hands over. That device may have to say yes: then this goes on asking.
     * @param {{claim: string, waiting?: Function, signal?: AbortSignal}} options claim: what tells this device from
     * others, the same for one code; waiting: called when the other device has been asked
     */
    async redeem(code, {claim, waiting, signal}) {
      let answer;
      while (!answer) {
        try {
          answer = await ask({grant_type: 'urn:filo:oauth:handoff', code, claim, device: deviceName()});
        } catch (error) {
          if (error.oauth !== 'authorization_pending') throw error;
          waiting?.();
          await new Promise((resolve) => setTimeout(resolve, HANDOFF_POLL_MS));
          if (signal?.aborted) throw error;
        }
      }
      await underLock(lock, async () => keep(answer, 'handoff'));
      announce('handoff');
    },
    /** Forgets the tokens in every tab and revokes the refresh token, if the server can be reached. */
    async signOut() {
      const saved = read();
      write(null);
      announce('signOut');
      if (saved?.refreshToken) await revoke(saved.refreshToken);
    },
  };
}
