/** The paths of the store app. */
import {createRouter} from 'filo/router.js';

export const router = createRouter({
  base: '/store',
  routes: [
    {path: '', load: () => import('./pages/pick.js'), tag: 'store-pick'},
    {path: '/handover', load: () => import('./pages/handover.js'), tag: 'store-handover'},
    {path: '/stock', load: () => import('./pages/stock.js'), tag: 'store-stock'},
    {path: '/count', load: () => import('./pages/count.js'), tag: 'store-count'},
    {path: '/putback', load: () => import('./pages/putback.js'), tag: 'store-putback'},
  ],
  fallback: {load: () => import('./pages/pick.js'), tag: 'store-pick'},
  outlet: () => document.querySelector('[data-outlet]'),
});
