/** The journey: what happened between a customer and the shop, on every channel. */
@NullMarked
package dev.filo.journey;

import org.jspecify.annotations.NullMarked;
