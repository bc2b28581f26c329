/** Orders in MongoDB. */
@NullMarked
package dev.filo.cart.order.store;

import org.jspecify.annotations.NullMarked;
