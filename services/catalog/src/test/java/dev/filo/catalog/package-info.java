/** Tests of the catalog. */
@NullMarked
package dev.filo.catalog;

import org.jspecify.annotations.NullMarked;
