/** Orders from carts: a slice of its own beside the cart. */
@NullMarked
package dev.filo.cart.order;

import org.jspecify.annotations.NullMarked;
