/** The pages of the shop. Each is loaded when it is first shown. */
import {createRouter} from 'filo/router.js';

const routes = [
  {path: '/', tag: 'shop-home', load: () => import('./pages/home.js')},
  {path: '/search', tag: 'shop-search', load: () => import('./pages/search.js')},
  {path: '/products/:product', tag: 'shop-product', load: () => import('./pages/product.js')},
  {path: '/cart', tag: 'shop-cart', load: () => import('./pages/cart.js')},
  {path: '/checkout', tag: 'shop-checkout', load: () => import('./pages/checkout.js')},
  {path: '/orders', tag: 'shop-orders', load: () => import('./pages/orders.js')},
  {path: '/orders/:order', tag: 'shop-order', load: () => import('./pages/order.js')},
  {path: '/order', tag: 'shop-order', load: () => import('./pages/order.js')},
  {path: '/reservations', tag: 'shop-reservations', load: () => import('./pages/reservations.js')},
  {path: '/reservations/:reservation', tag: 'shop-reservation', load: () => import('./pages/reservation.js')},
  {path: '/account', tag: 'shop-account', load: () => import('./pages/account.js')},
  {path: '/privacy', tag: 'shop-privacy', load: () => import('./pages/privacy.js')},
  {path: '/handoff/:code', tag: 'shop-handoff', load: () => import('./pages/handoff.js')},
  {path: '/l/:link', tag: 'shop-cart-link', load: () => import('./pages/link.js')},
  {path: '/go/:sku', tag: 'shop-go', load: () => import('./pages/go.js')},
  {path: '/chat', tag: 'shop-chat', load: () => import('./pages/chat.js')},
];

/** The shop's router; pages navigate with it. */
export const router = createRouter({
  routes,
  fallback: {tag: 'shop-missing', load: () => import('./pages/missing.js')},
  outlet: () => document.getElementById('main'),
});
