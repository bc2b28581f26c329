/** Touchpoints; the JDK only. */
@NullMarked
package dev.filo.journey.domain;

import org.jspecify.annotations.NullMarked;
