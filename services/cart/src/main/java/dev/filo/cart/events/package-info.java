/** What the cart tells its feed. */
@NullMarked
package dev.filo.cart.events;

import org.jspecify.annotations.NullMarked;
