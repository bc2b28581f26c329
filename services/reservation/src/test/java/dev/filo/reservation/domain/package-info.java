/** Tests. */
@NullMarked
package dev.filo.reservation.domain;

import org.jspecify.annotations.NullMarked;
