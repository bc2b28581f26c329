/** Tests of the catalog. */
@NullMarked
package dev.filo.catalog.domain;

import org.jspecify.annotations.NullMarked;
