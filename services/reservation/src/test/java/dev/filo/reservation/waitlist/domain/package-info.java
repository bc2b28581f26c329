/** Tests of the line. */
@NullMarked
package dev.filo.reservation.waitlist.domain;

import org.jspecify.annotations.NullMarked;
