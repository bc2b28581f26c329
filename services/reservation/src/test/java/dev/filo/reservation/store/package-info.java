/** Tests. */
@NullMarked
package dev.filo.reservation.store;

import org.jspecify.annotations.NullMarked;
