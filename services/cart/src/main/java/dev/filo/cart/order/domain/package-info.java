/** What an order is and how it goes on: the JDK only. */
@NullMarked
package dev.filo.cart.order.domain;

import org.jspecify.annotations.NullMarked;
