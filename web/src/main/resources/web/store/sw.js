/** The store app without a network, with the last pick list and the queue, and the pictures seen before. */
importScripts('/assets/common/shell.js');

/** Pictures of goods: their address changes with their content, so a copy is as good as the original. */
const PICTURES = /^\/v1\/media\//;
const ALBUM = 'filo.store.pictures';
const ALBUM_MOST = 400;

/** A picture: the copy if there is one, else from the server, and kept. */
async function picture(request, waitUntil) {
  const album = await caches.open(ALBUM);
  const copy = await album.match(request.url);
  if (copy) return copy;
  const response = await fetch(request);
  if (response.ok) {
    const kept = response.clone();
    waitUntil((async () => {
      await album.put(request.url, kept);
      const all = await album.keys();
      for (const old of all.slice(0, Math.max(0, all.length - ALBUM_MOST))) await album.delete(old);
    })().catch(() => { /* the disk is full: no copy */ }));
  }
  return response;
}

serveApp({
  prefix: 'filo-store-',
  page: '/store',
  pages: /^\/store(?:\/|$)/,
  files: /^\/(?:assets\/(?:store|common)|webjars)\//,
  more: (request, path, waitUntil) => (PICTURES.test(path) ? picture(request, waitUntil) : undefined),
});
