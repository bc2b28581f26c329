/** Tests of the catalog. */
@NullMarked
package dev.filo.catalog.search;

import org.jspecify.annotations.NullMarked;
