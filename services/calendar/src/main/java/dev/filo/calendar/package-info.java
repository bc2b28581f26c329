/** When a store is open, in its own zone. */
@NullMarked
package dev.filo.calendar;

import org.jspecify.annotations.NullMarked;
