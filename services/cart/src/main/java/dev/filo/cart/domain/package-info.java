/** Carts and what can be done to them; the JDK only. */
@NullMarked
package dev.filo.cart.domain;

import org.jspecify.annotations.NullMarked;
