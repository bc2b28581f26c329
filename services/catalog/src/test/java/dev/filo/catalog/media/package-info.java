/** Tests of the catalog. */
@NullMarked
package dev.filo.catalog.media;

import org.jspecify.annotations.NullMarked;
