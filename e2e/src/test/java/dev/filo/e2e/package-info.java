/** Journeys through the public doors of a real, running suite. */
@NullMarked
package dev.filo.e2e;

import org.jspecify.annotations.NullMarked;
