/** The line for one SKU at one store and what may become of a place in it. */
@NullMarked
package dev.filo.reservation.waitlist.domain;

import org.jspecify.annotations.NullMarked;
