/**
 * An app without a network: its shell opens from a copy. With a network everything comes from the server (files are
 * checked by their ETag), so no old build lingers. The copy is made in one go, by following the modules' imports from
 * the page, and replaced as a whole: it never mixes builds. A classic script, for a worker's `importScripts`.
 */

/** Where an import leads: relative to its module, or by the page's import map. */
function resolve(specifier, base, imports) {
  if (/^\.{0,2}\//.test(specifier)) return new URL(specifier, base).pathname;
  if (imports[specifier]) return imports[specifier];
  const prefix = Object.keys(imports).find((each) => each.endsWith('/') && specifier.startsWith(each));
  return prefix ? imports[prefix] + specifier.slice(prefix.length) : null;
}

/**
 * A file to keep: the one kept before where it is still the same. The browser's own cache is left alone: there, tabs
 * that are loading at the same moment would wait for the copy, and the copy for them.
 */
async function fresh(path, before) {
  const known = await before?.match(path);
  const etag = known?.headers.get('etag');
  const response = await fetch(path, {cache: 'no-store', headers: etag ? {'If-None-Match': etag} : {}});
  if (response.status === 304) return known;
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  const headers = new Headers(response.headers);
  headers.delete('content-encoding');
  headers.delete('content-length');
  return new Response(await response.arrayBuffer(), {headers});
}

/** Copies the page and all it can load. */
async function copyShell({prefix, page: address}) {
  const kept = (await caches.keys()).find((each) => each.startsWith(prefix));
  const before = kept && await caches.open(kept);
  const page = await fresh(address, before);
  const html = await page.clone().text();
  const {imports = {}} = JSON.parse(/<script type="importmap">([^<]*)</.exec(html)?.[1] ?? '{}');
  const found = new Map([[address, page]]);
  const waiting = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map((match) => match[1]);
  const seen = new Set(waiting);
  const tags = [];
  while (waiting.length) {
    await Promise.all(waiting.splice(0).map(async (path) => {
      const response = await fresh(path, before);
      found.set(path, response);
      tags.push(path + response.headers.get('etag'));
      if (!path.endsWith('.js')) return;
      const source = await response.clone().text();
      for (const [, specifier] of source.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*["']([\w@./-]+)["']/g)) {
        const next = resolve(specifier, new URL(path, location.origin), imports);
        if (next && !seen.has(next)) {
          seen.add(next);
          waiting.push(next);
        }
      }
    }));
  }
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(tags.sort().join()));
  const name = prefix + Array.from(new Uint8Array(digest).slice(0, 8), (each) => each.toString(16).padStart(2, '0')).join('');
  if (!(await caches.has(name))) {
    const cache = await caches.open(name);
    await Promise.all([...found].map(([path, response]) => cache.put(path, response)));
  }
  // Only now, with the new copy whole, the old one goes.
  for (const old of await caches.keys()) if (old.startsWith(prefix) && old !== name) await caches.delete(old);
}

/** From the server; when it cannot be reached, and where a file is still the same, from this app's own copy. */
async function serve(request, path, {prefix}) {
  const kept = (await caches.keys()).find((each) => each.startsWith(prefix));
  const copy = kept && await caches.open(kept);
  try {
    return request.mode === 'navigate' ? await fetch(request) : await fresh(path, copy);
  } catch (failure) {
    const known = await copy?.match(path, {ignoreSearch: true});
    if (known) return known;
    throw failure;
  }
}

/**
 * Answers for one app.
 * @param {object} app
 * @param {string} app.prefix what its copies' names begin with
 * @param {string} app.page the address of its page
 * @param {RegExp} app.pages the addresses that show it
 * @param {RegExp} app.files the addresses of what it loads
 * @param {(request: Request, path: string, waitUntil: (work: Promise) => void) => Promise<Response> | undefined} [app.more]
 *   answers what else is asked for; nothing: the network does
 */
function serveApp(app) {
  let copying;
  // One at a time: what is asked for while a copy is made gets that one.
  const copy = () => {
    copying ??= copyShell(app).finally(() => { copying = undefined; });
    return copying;
  };
  addEventListener('install', (event) => event.waitUntil(copy()));
  addEventListener('activate', (event) => event.waitUntil(clients.claim()));
  addEventListener('message', (event) => {
    if (event.data === 'copy') event.waitUntil(copy().catch(() => { /* without a network the old copy stays */ }));
  });
  addEventListener('fetch', (event) => {
    const {request} = event;
    const url = new URL(request.url);
    if (request.method !== 'GET' || url.origin !== location.origin) return;
    const answer = request.mode === 'navigate' && app.pages.test(url.pathname) ? serve(request, app.page, app)
      : app.files.test(url.pathname) ? serve(request, url.pathname, app) : app.more?.(request, url.pathname, (work) => event.waitUntil(work));
    if (answer) event.respondWith(answer);
  });
}
