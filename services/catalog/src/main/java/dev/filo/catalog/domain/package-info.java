/** What an import is refused for, numbers of goods, places. */
@NullMarked
package dev.filo.catalog.domain;

import org.jspecify.annotations.NullMarked;
