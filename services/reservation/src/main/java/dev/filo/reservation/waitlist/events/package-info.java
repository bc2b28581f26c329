/** What lines hear from other services. */
@NullMarked
package dev.filo.reservation.waitlist.events;

import org.jspecify.annotations.NullMarked;
