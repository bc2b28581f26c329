/** Tests of the catalog. */
@NullMarked
package dev.filo.catalog.store;

import org.jspecify.annotations.NullMarked;
