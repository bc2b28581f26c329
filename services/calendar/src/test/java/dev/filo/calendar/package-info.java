/** Tests of calendars. */
@NullMarked
package dev.filo.calendar;

import org.jspecify.annotations.NullMarked;
