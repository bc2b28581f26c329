/** Lines for what a store does not have: a slice of its own beside reservations. */
@NullMarked
package dev.filo.reservation.waitlist;

import org.jspecify.annotations.NullMarked;
