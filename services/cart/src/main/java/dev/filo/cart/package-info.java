/** The cart: one per customer, the same on every device. */
@NullMarked
package dev.filo.cart;

import org.jspecify.annotations.NullMarked;
