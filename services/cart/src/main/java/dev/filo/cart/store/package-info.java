/** Carts in MongoDB. */
@NullMarked
package dev.filo.cart.store;

import org.jspecify.annotations.NullMarked;
