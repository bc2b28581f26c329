/**
 * Draws the demo retailer's goods as small SVG pictures: front view, flat tones, no text, each
 * variant in its own colour.
 */
@NullMarked
package dev.filo.demo.art;

import org.jspecify.annotations.NullMarked;
