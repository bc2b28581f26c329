/** Goods kept for people: the reservation service. */
@NullMarked
package dev.filo.reservation;

import org.jspecify.annotations.NullMarked;
