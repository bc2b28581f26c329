/** Tests of the catalog. */
@NullMarked
package dev.filo.catalog.events;

import org.jspecify.annotations.NullMarked;
