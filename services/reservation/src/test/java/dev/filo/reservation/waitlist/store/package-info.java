/** Tests of the lines' store. */
@NullMarked
package dev.filo.reservation.waitlist.store;

import org.jspecify.annotations.NullMarked;
