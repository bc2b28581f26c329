/** Products, variants, prices, stores and their calendars, search. */
@NullMarked
package dev.filo.catalog;

import org.jspecify.annotations.NullMarked;
