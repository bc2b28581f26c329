/** The paths of the desk. */
import {createRouter} from 'filo/router.js';

export const router = createRouter({
  base: '/desk',
  routes: [
    {path: '', tag: 'desk-none'},
    {path: '/unseen', load: () => import('./unseen-page.js'), tag: 'desk-unseen'},
    {path: '/c/:conversation', load: () => import('./conversation.js'), tag: 'desk-conversation'},
    {path: '/vouchers', load: () => import('./vouchers.js'), tag: 'desk-vouchers'},
    {path: '/staff', load: () => import('./staff-page.js'), tag: 'desk-staff'},
    {path: '/staff/:part', load: () => import('./staff-page.js'), tag: 'desk-staff'},
    {path: '/cases', load: () => import('./cases.js'), tag: 'desk-cases'},
    {path: '/cases/:case', load: () => import('./cases.js'), tag: 'desk-cases'},
  ],
  fallback: {tag: 'desk-none'},
  outlet: () => document.querySelector('[data-outlet]'),
});

/** Opens a conversation by its name `conversations/x`. */
export const openConversation = (name, options) => router.go(`/desk/c/${encodeURIComponent(name.split('/')[1])}`, options);
