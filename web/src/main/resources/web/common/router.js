/**
 * Routes on the History API. A route is {path: '/products/:product', load: () => import('./…'), tag: 'shop-product'};
 * the outlet shows one element per route, given `params`, `query` (URLSearchParams) and `restored` (true on Back).
 * After a change: title (the page's own `document.title`), focus on the page's h1, scroll to the top or back to where it was.
 */
const SCROLLS = 'filo.scrolls';

const compile = (path) => {
  const names = [];
  const source = path.replace(/:(\w+)(\*)?/g, (_, name, rest) => { names.push(name); return rest ? '(.+)' : '([^/]+)'; });
  return {names, pattern: new RegExp(`^${source}/?$`)};
};

/**
 * Makes a router for one app.
 * @param {{base?: string, routes: Array, fallback: object, outlet: () => ?HTMLElement}} options outlet: null where there is none
 */
export function createRouter({base = '', routes, fallback, outlet}) {
  const table = routes.map((route) => ({...route, ...compile(base + route.path)}));
  const events = new EventTarget();
  let current = null;
  let sequence = 0;
  const scrolls = read();

  function read() {
    try { return new Map(JSON.parse(sessionStorage.getItem(SCROLLS)) ?? []); } catch { return new Map(); }
  }
  function remember() {
    const key = history.state?.key;
    if (!key) return;
    scrolls.set(key, scrollY);
    while (scrolls.size > 60) scrolls.delete(scrolls.keys().next().value);
    try { sessionStorage.setItem(SCROLLS, JSON.stringify([...scrolls])); } catch { /* scroll is lost on reload only */ }
  }

  function match(pathname) {
    for (const route of table) {
      const found = route.pattern.exec(pathname);
      if (found) return {route, params: Object.fromEntries(route.names.map((name, i) => [name, decodeURIComponent(found[i + 1])]))};
    }
    return {route: fallback, params: {}};
  }

  async function show({restored, first}) {
    const turn = ++sequence;
    const {route, params} = match(location.pathname);
    const query = new URLSearchParams(location.search);
    const same = current?.route === route && current.element.isConnected;
    if (same && current.element.keepOn?.({params, query})) {
      Object.assign(current.element, {params, query, restored});
      current = {...current, params, query};
      events.dispatchEvent(new Event('change'));
      return;
    }
    await route.load?.();
    if (turn !== sequence) return;
    const target = outlet();
    if (!target) return; // signed out while the page was loaded: there is no place for it any more
    const element = document.createElement(route.tag);
    Object.assign(element, {params, query, restored});
    current = {route, params, query, element};
    const swap = () => { target.replaceChildren(element); return element.updateComplete; };
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    if (first || still || !document.startViewTransition) await swap();
    else {
      const transition = document.startViewTransition(swap);
      // A transition cut short (the window was resized) is no failure: the page has changed all the same.
      transition.ready.catch(() => {});
      transition.finished.catch(() => {});
      await transition.updateCallbackDone;
    }
    if (turn !== sequence) return;
    events.dispatchEvent(new Event('change'));
    const top = restored ? scrolls.get(history.state?.key) ?? 0 : 0;
    await element.settled?.();
    if (turn !== sequence) return;
    if (!first || restored) scrollTo({top, behavior: 'instant'});
    if (!first) {
      const heading = element.querySelector('h1') ?? target;
      heading.setAttribute('tabindex', '-1');
      heading.focus({preventScroll: true});
    }
  }

  /** Goes to a path of this app; `replace` keeps the history short (filters, for example). */
  function go(path, {replace = false} = {}) {
    const url = new URL(path, location.href);
    if (url.href === location.href && !replace) replace = true;
    remember();
    history[replace ? 'replaceState' : 'pushState']({key: replace ? history.state?.key ?? String(Date.now()) : String(Date.now() + Math.random())}, '', url);
    return show({restored: false});
  }

  addEventListener('popstate', () => show({restored: true}));
  addEventListener('pagehide', remember);
  addEventListener('scrollend', remember);
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement && node.href);
    if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin) return;
    if (link.hash && link.pathname === location.pathname && link.search === location.search) return;
    if (match(link.pathname).route === fallback) return;
    event.preventDefault();
    go(link.href);
  });

  return {
    events,
    go,
    /** The route shown: {route, params, query, element}. */
    get current() { return current; },
    /** Shows the route of the address bar. */
    start() {
      history.scrollRestoration = 'manual';
      const restored = Boolean(history.state?.key);
      if (!restored) history.replaceState({key: String(Date.now())}, '');
      return show({restored, first: true});
    },
  };
}
