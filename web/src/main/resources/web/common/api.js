/**
 * The HTTP API: bearer token, language, idempotency keys, time-outs, retries of reads only, and problem+json turned
 * into {@link ApiError}. Paths are those of the public API; the base is this page's origin.
 */
import {lang, t, has} from './i18n.js';

const TIMEOUT_MS = 10_000;
const READ_RETRIES = 2;

/** A call that did not succeed. `kind` says how: offline, timeout, refused (4xx), unavailable (5xx), garbage. */
export class ApiError extends Error {
  constructor(kind, fields = {}) {
    super(fields.detail || fields.title || kind);
    this.name = 'ApiError';
    this.kind = kind;
    this.status = fields.status ?? 0;
    this.title = fields.title;
    this.detail = fields.detail;
    this.reason = fields.reason;
    this.domain = fields.domain;
    this.metadata = fields.metadata ?? {};
    this.violations = fields.violations ?? [];
    this.retryAfter = fields.retryAfter;
  }

  /** Whether asking again may succeed without changing anything. */
  get passing() {
    return this.kind === 'offline' || this.kind === 'timeout' || this.kind === 'unavailable' || this.status === 429;
  }
}

/** A sentence for people about what went wrong: by reason, else the server's own words, else by kind. */
export function explain(error) {
  if (!(error instanceof ApiError)) return t('error.garbage');
  if (error.reason && has(`reason.${error.reason}`)) return t(`reason.${error.reason}`, error.metadata);
  if (error.kind === 'refused') {
    if (error.status === 429) return t('error.tooMany');
    if (error.status === 401) return t('error.signIn');
    if (error.status === 403) return t('error.forbidden');
    if (error.status === 404) return t('error.notFound');
    return error.violations[0]?.description || error.detail || t('error.refused');
  }
  return t(`error.${error.kind}`);
}

/** A random id, also where crypto.randomUUID is not offered (plain http on a local network). */
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (each) => each.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

const wait = (ms, signal) => new Promise((resolve, reject) => {
  const timer = setTimeout(resolve, ms);
  signal?.addEventListener('abort', () => { clearTimeout(timer); reject(signal.reason); }, {once: true});
});

/** Reads the body of a failed answer into an ApiError. */
export async function toError(response) {
  let body = {};
  try { body = await response.json(); } catch { /* not JSON: the status alone has to do */ }
  const retryAfter = Number(response.headers.get('retry-after')) || undefined;
  return new ApiError(response.status >= 500 ? 'unavailable' : 'refused', {...body, status: response.status, retryAfter});
}

/**
 * Makes the API client of one app.
 * @param {object} session from createSession; asked for tokens
 */
export function createApi(session) {
  let signOuts = 0;
  session.events.addEventListener('change', ({detail}) => { if (detail.reason === 'signOut') signOuts++; });

  async function once(method, url, options, token) {
    const timeout = AbortSignal.timeout(options.timeout ?? TIMEOUT_MS);
    const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
    const headers = {'Accept': 'application/json, application/problem+json', 'Accept-Language': lang};
    if (token) headers['Authorization'] = `Bearer ${token}`;
    if (options.body !== undefined) headers['Content-Type'] = 'application/json';
    if (options.idempotencyKey) headers['Idempotency-Key'] = options.idempotencyKey;
    if (options.ifMatch) headers['If-Match'] = options.ifMatch;
    let response;
    try {
      response = await fetch(url, {method, headers, signal, body: options.body === undefined ? undefined : JSON.stringify(options.body)});
    } catch (failure) {
      if (options.signal?.aborted) throw failure;
      throw new ApiError(timeout.aborted ? 'timeout' : 'offline');
    }
    if (!response.ok) throw await toError(response);
    if (response.status === 204) return {};
    try {
      const text = await response.text();
      return text ? JSON.parse(text) : {};
    } catch (failure) {
      if (options.signal?.aborted) throw failure;
      throw new ApiError(timeout.aborted ? 'timeout' : 'garbage', {status: response.status});
    }
  }

  /** One authenticated call; a refused token is renewed once. What she meant to do before she signed out is done as nobody else. */
  async function authenticated(method, url, options) {
    const before = signOuts;
    const stays = () => method === 'GET' || before === signOuts;
    const token = await session.token({required: options.auth !== 'optional'});
    if (!stays()) throw new ApiError('refused', {status: 401});
    try {
      return await once(method, url, options, token);
    } catch (error) {
      if (error instanceof ApiError && error.status === 401 && options.auth !== 'none') {
        const renewed = await session.renew(token);
        if (renewed && renewed !== token && stays()) return once(method, url, options, renewed);
      }
      throw error;
    }
  }

  async function call(method, path, options = {}) {
    const url = new URL(path, location.origin);
    for (const [name, value] of Object.entries(options.query ?? {})) {
      if (value === undefined || value === null || value === '') continue;
      for (const each of [value].flat()) url.searchParams.append(name, each);
    }
    const retries = method === 'GET' ? options.retries ?? READ_RETRIES : 0;
    for (let attempt = 0; ; attempt++) {
      try {
        return await authenticated(method, url, options);
      } catch (error) {
        if (!(error instanceof ApiError) || !error.passing || attempt >= retries) throw error;
        await wait(error.retryAfter ? Math.min(error.retryAfter * 1000, 5000) : 250 * 2 ** attempt + Math.random() * 150, options.signal);
      }
    }
  }

  return {
    /** GET. Options: query, signal, timeout, retries, auth ('optional' sends a token only when there is one). */
    get: (path, options) => call('GET', path, options),
    /** All entries of a list, page by page; `list` is what a page calls them. Options: signal. */
    all: async (path, list, {signal} = {}) => {
      const found = [];
      let pageToken;
      do {
        const page = await call('GET', path, {query: {pageSize: 100, pageToken}, signal});
        found.push(...page[list] ?? []);
        pageToken = page.nextPageToken;
      } while (pageToken);
      return found;
    },
    /** POST with an idempotency key: the given one, or a fresh one. Reuse the key when repeating the same act. */
    post: (path, body = {}, options = {}) => call('POST', path, {...options, body, idempotencyKey: options.idempotencyKey ?? newId()}),
    /** PATCH. */
    patch: (path, body, options = {}) => call('PATCH', path, {...options, body}),
    /** DELETE. */
    delete: (path, options = {}) => call('DELETE', path, options),
  };
}
