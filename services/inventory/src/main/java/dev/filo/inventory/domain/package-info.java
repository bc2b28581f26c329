/** What a stock level is and what may happen to it. The JDK only. */
@NullMarked
package dev.filo.inventory.domain;

import org.jspecify.annotations.NullMarked;
