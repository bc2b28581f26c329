/** One set of drawn icons: 24 px, strokes of 1.75 px in the text's colour. Always beside a word, or hidden with a label. */
import {html, svg, nothing} from 'lit';

const PATHS = {
  search: svg`<circle cx="11" cy="11" r="6.5"/><path d="m16 16 4.5 4.5"/>`,
  cart: svg`<path d="M5 8.5h14l-1.2 10.2a1.5 1.5 0 0 1-1.5 1.3H7.7a1.5 1.5 0 0 1-1.5-1.3z"/><path d="M8.5 8.5V7a3.5 3.5 0 0 1 7 0v1.5"/>`,
  person: svg`<circle cx="12" cy="8" r="3.75"/><path d="M4.5 20c.8-3.8 3.8-5.5 7.5-5.5s6.7 1.7 7.5 5.5"/>`,
  ticket: svg`<path d="M4 7.500h16v3a2 2 0 0 0 0 4v3H4v-3a2 2 0 0 0 0-4z"/><path d="M14 8v1.500M14 11.500v1.500M14 15.500V17"/>`,
  chat: svg`<path d="M4 6.500A1.5 1.5 0 0 1 5.5 5h13A1.5 1.5 0 0 1 20 6.500v9a1.5 1.5 0 0 1-1.5 1.500H11l-4.5 3.500V17h-1A1.5 1.5 0 0 1 4 15.500z"/><path d="M8 9.500h8M8 12.500h5"/>`,
  close: svg`<path d="m6 6 12 12M18 6 6 18"/>`,
  back: svg`<path d="M19 12H5M11 6l-6 6 6 6"/>`,
  forward: svg`<path d="M5 12h14M13 6l6 6-6 6"/>`,
  up: svg`<path d="m6 15 6-6 6 6"/>`,
  down: svg`<path d="m6 9 6 6 6-6"/>`,
  right: svg`<path d="m9 6 6 6-6 6"/>`,
  plus: svg`<path d="M12 5v14M5 12h14"/>`,
  minus: svg`<path d="M5 12h14"/>`,
  check: svg`<path d="m5 12.5 4.5 4.500L19 7.5"/>`,
  done: svg`<circle cx="12" cy="12" r="8.5"/><path d="m8 12.3 2.8 2.8L16 9.5"/>`,
  trash: svg`<path d="M5 7h14M9.5 7V5h5v2M7 7l.8 11.700a1.5 1.5 0 0 0 1.5 1.300h5.400a1.5 1.5 0 0 0 1.5-1.300L17 7M10.5 11v5M13.5 11v5"/>`,
  store: svg`<path d="M5 10.500V19h14v-8.500M4 9l1.5-4h13L20 9a2 2 0 0 1-4 0 2 2 0 0 1-4 0 2 2 0 0 1-4 0 2 2 0 0 1-4 0z"/><path d="M10 19v-4.500h4V19"/>`,
  pin: svg`<path d="M12 20.500s-6-5.3-6-10.200a6 6 0 0 1 12 0c0 4.9-6 10.2-6 10.200z"/><circle cx="12" cy="10.2" r="2.2"/>`,
  locate: svg`<circle cx="12" cy="12" r="5.5"/><circle cx="12" cy="12" r="1.5"/><path d="M12 3.500v3M12 17.500v3M3.5 12h3M17.5 12h3"/>`,
  clock: svg`<circle cx="12" cy="12" r="8.5"/><path d="M12 7.500V12l3 2"/>`,
  calendar: svg`<rect x="4.5" y="6" width="15" height="13.5" rx="1.5"/><path d="M4.5 10.500h15M8.5 4v3.500M15.5 4v3.5"/>`,
  phone: svg`<rect x="7" y="3.5" width="10" height="17" rx="2"/><path d="M10.5 17.500h3"/>`,
  pc: svg`<rect x="3.5" y="5" width="17" height="11" rx="1.5"/><path d="M9 19.500h6M12 16v3.5"/>`,
  tablet: svg`<rect x="5" y="3.5" width="14" height="17" rx="2"/><path d="M10.5 17.500h3"/>`,
  agent: svg`<path d="M5 14v-2a7 7 0 0 1 14 0v2"/><rect x="3.5" y="13" width="3.5" height="5" rx="1.5"/><rect x="17" y="13" width="3.5" height="5" rx="1.5"/><path d="M18.5 18c0 1.7-1.5 2.5-4 2.5"/>`,
  send: svg`<path d="M4.5 12 20 4.5 15 20l-3-6.500z"/><path d="M12 13.5 20 4.5"/>`,
  mail: svg`<rect x="3.5" y="5.5" width="17" height="13" rx="1.5"/><path d="m4 7 8 6 8-6"/>`,
  key: svg`<circle cx="8" cy="15" r="4"/><path d="m11 12 8.5-8.500M16 7l2.5 2.5"/>`,
  signOut: svg`<path d="M10 5H6a1.5 1.5 0 0 0-1.5 1.500v11A1.5 1.5 0 0 0 6 19h4M10 12h9.500M16 8.500l3.5 3.5-3.5 3.5"/>`,
  warning: svg`<path d="M12 4.5 21 19.500H3z"/><path d="M12 10v4.500M12 17v.1"/>`,
  info: svg`<circle cx="12" cy="12" r="8.5"/><path d="M12 11v5.500M12 8v.1"/>`,
  offline: svg`<path d="M4 9.500a12 12 0 0 1 16 0M7 13a7.5 7.5 0 0 1 10 0M10 16.500a3 3 0 0 1 4 0M4.5 4.500l15 15"/>`,
  refresh: svg`<path d="M19.5 12a7.5 7.5 0 1 1-2.2-5.300L19.5 9M19.5 4.500V9H15"/>`,
  undo: svg`<path d="M8.5 5.5 4.5 9.500l4 4M4.5 9.500h9.500a5 5 0 0 1 0 10H10"/>`,
  filter: svg`<path d="M4 7h16M7 12h10M10 17h4"/>`,
  sort: svg`<path d="M8 5v14M8 19l-3-3M8 19l3-3M16 19V5M16 5l-3 3M16 5l3 3"/>`,
  list: svg`<path d="M9 6.500h11M9 12h11M9 17.500h11M4.5 6.500h.1M4.5 12h.1M4.5 17.500h.1"/>`,
  link: svg`<path d="m10 14 4-4M9 10l-2.5 2.500a3.5 3.5 0 0 0 5 5L14 15M15 14l2.5-2.500a3.5 3.5 0 0 0-5-5L10 9"/>`,
  share: svg`<path d="M12 14V4M8.5 7 12 3.5 15.5 7M6.5 11H5v9h14v-9h-1.5"/>`,
  copy: svg`<rect x="8.5" y="8.5" width="11" height="11" rx="1.5"/><path d="M5.5 15.500h-1v-11h11v1"/>`,
  qr: svg`<rect x="4" y="4" width="6" height="6"/><rect x="14" y="4" width="6" height="6"/><rect x="4" y="14" width="6" height="6"/><path d="M14 14h2.500v2.500M20 14v6M14 20h2.500M18 18h2"/>`,
  scan: svg`<path d="M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4M4 12h16"/>`,
  count: svg`<path d="M5 5v14M9 5v14M13 5v14M17 5v14M3 16 20 8"/>`,
  box: svg`<path d="m12 3.5 8 4v9l-8 4-8-4v-9z"/><path d="m4 7.5 8 4 8-4M12 11.500v9"/>`,
  tag: svg`<path d="M4 4h8l8 8-8 8-8-8z"/><path d="M8 8v.1"/>`,
  star: svg`<path d="m12 4 2.5 5.2 5.7.8-4.1 4 1 5.700L12 17l-5.1 2.7 1-5.7-4.1-4 5.7-.8z"/>`,
  settings: svg`<path d="M4 7h10M18 7h2M4 17h2M10 17h10"/><circle cx="16" cy="7" r="2"/><circle cx="8" cy="17" r="2"/>`,
  globe: svg`<circle cx="12" cy="12" r="8.5"/><path d="M3.5 12h17M12 3.500c5 5.2 5 11.8 0 17M12 3.500c-5 5.2-5 11.8 0 17"/>`,
  theme: svg`<circle cx="12" cy="12" r="8.5"/><path d="M12 3.500v17a8.5 8.5 0 0 0 0-17z" fill="currentColor"/>`,
  bell: svg`<path d="M6 16.500V11a6 6 0 0 1 12 0v5.500l1.5 1.500h-15zM10 20.500h4"/>`,
  note: svg`<path d="M5 4.500h14v10l-5 5H5z"/><path d="M14 19.500v-5h5M8.5 9h7M8.5 12.500h4"/>`,
  bolt: svg`<path d="M13 3.5 5.5 13.500H11l-1 7 8-10.500h-5.500z"/>`,
  hand: svg`<path d="M4 13.500h4l3 2h3a1.5 1.5 0 0 1 0 3h-4M14 17l4.5-2.500a1.5 1.5 0 0 1 1.7 2.500L14 20.500H8L4 19M12 3.500v6M9 6.500l3 3 3-3"/>`,
  sofa: svg`<path d="M6 11V7.500A2.5 2.5 0 0 1 8.5 5h7A2.5 2.5 0 0 1 18 7.500V11M6 14v-1.500a1.8 1.8 0 0 0-3.5 0V18h19v-5.500a1.8 1.8 0 0 0-3.5 0V14zM5 18v2M19 18v2"/>`,
};

/** An icon by name; `label` gives it a name for screen readers, without one it is decoration. */
export const icon = (name, {size = '', label} = {}) => html`<svg class="icon ${size}" viewBox="0 0 24 24"
  role=${label ? 'img' : nothing} aria-label=${label ?? nothing} aria-hidden=${label ? nothing : 'true'}>${PATHS[name] ?? PATHS.info}</svg>`;

/** The mark of Filo: one thread through three things. */
export const mark = () => html`<svg class="mark" viewBox="0 0 32 32" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2.6" stroke-linecap="round">
  <path d="M10.5 27V10.500C10.5 6.6 13 4.5 16 4.500s4.5 2 4.5 4.300c0 5.7-15.5 5-15.5 9.7 0 2.3 2.2 3.5 5.5 3.5 6 0 9-4.5 16.5-3"/>
</svg>`;

// Stock glyphs are filled shapes, so that they differ by form and not by colour alone.
const GLYPHS = {
  available: svg`<circle cx="8" cy="8" r="6.5" fill="currentColor"/>`,
  last: svg`<circle cx="8" cy="8" r="5.75" fill="none" stroke="currentColor" stroke-width="1.5"/><path d="M8 2.250a5.75 5.75 0 0 1 0 11.500z" fill="currentColor"/>`,
  incoming: svg`<circle cx="8" cy="8" r="5.75" fill="none" stroke="currentColor" stroke-width="1.5"/><path d="M8 4.8V8l2.3 1.5" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round"/>`,
  none: svg`<circle cx="8" cy="8" r="5.75" fill="none" stroke="currentColor" stroke-width="1.5"/>`,
  unknown: svg`<path d="M8 2.5 14.5 13.500h-13z" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round"/><path d="M8 6.500v3M8 11.500v.1" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round"/>`,
};

/** The glyph of a stock state. */
export const glyph = (state) => html`<svg class="glyph" viewBox="0 0 16 16" aria-hidden="true">${GLYPHS[state] ?? GLYPHS.unknown}</svg>`;
