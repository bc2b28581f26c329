/** The shop without a network, so that a pickup code can be shown at the counter. */
importScripts('/assets/common/shell.js');

serveApp({
  prefix: 'filo-shop-',
  page: '/',
  pages: /^\/(?:$|(?:search|products|cart|checkout|orders?|reservations|account|handoff|chat|l|go)(?:\/|$))/,
  files: /^\/(?:assets\/(?:shop|common)|webjars)\//,
});
