/** A payment provider over HTTP. */
@NullMarked
package dev.filo.cart.order.payment;

import org.jspecify.annotations.NullMarked;
