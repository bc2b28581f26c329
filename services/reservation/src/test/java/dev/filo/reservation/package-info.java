/** Tests. */
@NullMarked
package dev.filo.reservation;

import org.jspecify.annotations.NullMarked;
