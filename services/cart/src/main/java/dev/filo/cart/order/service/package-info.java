/** Use cases of orders, and what they ask of others. */
@NullMarked
package dev.filo.cart.order.service;

import org.jspecify.annotations.NullMarked;
