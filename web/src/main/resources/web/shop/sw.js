/**
 * The shop without a network: the shell opens from a copy, so that a pickup code can be shown at the counter. With a
 * network everything comes from the server (files are checked by their ETag), so no old build lingers. The copy is
 * made in one go, by following the modules' imports from the page, and replaced as a whole: it never mixes builds.
 */
const PREFIX = 'filo-shop-';
const PAGE = '/';
const PAGES = /^\/(?:$|(?:search|products|cart|reservations|account|handoff|chat|l|go)(?:\/|$))/;
const FILES = /^\/(?:assets\/(?:shop|common)|webjars)\//;

/** Where an import leads: relative to its module, or by the page's import map. */
function resolve(specifier, base, imports) {
  if (/^\.{0,2}\//.test(specifier)) return new URL(specifier, base).pathname;
  if (imports[specifier]) return imports[specifier];
  const prefix = Object.keys(imports).find((each) => each.endsWith('/') && specifier.startsWith(each));
  return prefix ? imports[prefix] + specifier.slice(prefix.length) : null;
}

/** Copies the page and all it can load. */
async function copyShell() {
  const page = await fetch(PAGE, {cache: 'no-cache'});
  if (!page.ok) throw new Error(`shell: ${page.status}`);
  const html = await page.clone().text();
  const {imports = {}} = JSON.parse(/<script type="importmap">([^<]*)</.exec(html)?.[1] ?? '{}');
  const found = new Map([[PAGE, page]]);
  const waiting = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map((match) => match[1]);
  const seen = new Set(waiting);
  const tags = [];
  while (waiting.length) {
    await Promise.all(waiting.splice(0).map(async (path) => {
      const response = await fetch(path, {cache: 'no-cache'});
      if (!response.ok) throw new Error(`${path}: ${response.status}`);
      found.set(path, response.clone());
      tags.push(path + response.headers.get('etag'));
      if (!path.endsWith('.js')) return;
      const source = await response.text();
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
  const name = PREFIX + Array.from(new Uint8Array(digest).slice(0, 8), (each) => each.toString(16).padStart(2, '0')).join('');
  if (!(await caches.has(name))) {
    const cache = await caches.open(name);
    await Promise.all([...found].map(([path, response]) => cache.put(path, response)));
  }
  // Only now, with the new copy whole, the old one goes.
  for (const old of await caches.keys()) if (old.startsWith(PREFIX) && old !== name) await caches.delete(old);
}

/** From the server; when it cannot be reached, from the copy. */
async function serve(request, path) {
  try {
    return await fetch(request);
  } catch (failure) {
    const copy = await caches.match(path, {ignoreSearch: true});
    if (copy) return copy;
    throw failure;
  }
}

addEventListener('install', (event) => event.waitUntil(copyShell()));
addEventListener('activate', (event) => event.waitUntil(clients.claim()));
addEventListener('message', (event) => {
  if (event.data === 'copy') event.waitUntil(copyShell().catch(() => { /* without a network the old copy stays */ }));
});
addEventListener('fetch', (event) => {
  const {request} = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== location.origin) return;
  if (request.mode === 'navigate' && PAGES.test(url.pathname)) event.respondWith(serve(request, PAGE));
  else if (FILES.test(url.pathname)) event.respondWith(serve(request, url.pathname));
});
