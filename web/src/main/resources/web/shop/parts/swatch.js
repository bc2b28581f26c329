/** A round patch of a variant's colour. Colours come as data, so they are set as a property, never as markup. */
import {html} from 'lit';
import {directive, Directive} from 'lit/directive.js';

class Colour extends Directive {
  update({element}, [colour]) {
    if (/^#[0-9a-f]{6}$/i.test(colour)) element.style.setProperty('--swatch', colour);
  }
}
const colour = directive(Colour);

/** A patch of `#rrggbb`. */
export const swatch = (value) => html`<span class="swatch" ${colour(value)}></span>`;
