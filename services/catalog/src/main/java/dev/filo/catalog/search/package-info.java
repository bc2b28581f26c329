/** The index products are found with, and the stores in memory. */
@NullMarked
package dev.filo.catalog.search;

import org.jspecify.annotations.NullMarked;
