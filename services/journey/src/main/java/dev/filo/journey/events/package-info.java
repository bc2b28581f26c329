/** What other services' events mean on a time line. */
@NullMarked
package dev.filo.journey.events;

import org.jspecify.annotations.NullMarked;
