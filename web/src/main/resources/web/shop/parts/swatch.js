/** A round patch of a variant's colour: a colour comes as data, and SVG takes it as an attribute, not as style. */
import {html} from 'lit';

/** A patch of `#rrggbb`. */
export const swatch = (colour) => html`<svg class="swatch" viewBox="0 0 20 20" aria-hidden="true"><circle cx="10" cy="10" r="10" fill=${/^#[0-9a-f]{6}$/i.test(colour) ? colour : 'none'} /></svg>`;
