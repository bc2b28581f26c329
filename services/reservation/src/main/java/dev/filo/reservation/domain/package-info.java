/** What a reservation is and what may become of it. */
@NullMarked
package dev.filo.reservation.domain;

import org.jspecify.annotations.NullMarked;
