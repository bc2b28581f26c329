/** Lines and their entries in MongoDB. */
@NullMarked
package dev.filo.reservation.waitlist.store;

import org.jspecify.annotations.NullMarked;
