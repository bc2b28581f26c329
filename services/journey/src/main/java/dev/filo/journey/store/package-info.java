/** Touchpoints in MongoDB. */
@NullMarked
package dev.filo.journey.store;

import org.jspecify.annotations.NullMarked;
