/** Keeps this replica's index up with the service's feed. */
@NullMarked
package dev.filo.catalog.events;

import org.jspecify.annotations.NullMarked;
