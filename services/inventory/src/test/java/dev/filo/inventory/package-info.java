/** Tests. */
@NullMarked
package dev.filo.inventory;

import org.jspecify.annotations.NullMarked;
