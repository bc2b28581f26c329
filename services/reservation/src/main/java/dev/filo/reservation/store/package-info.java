/** Reservations and customers' quotas in MongoDB. */
@NullMarked
package dev.filo.reservation.store;

import org.jspecify.annotations.NullMarked;
