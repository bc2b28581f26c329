/** What happens to orders, told; and what they hear. */
@NullMarked
package dev.filo.cart.order.events;

import org.jspecify.annotations.NullMarked;
