/** Tests. */
@NullMarked
package dev.filo.inventory.store;

import org.jspecify.annotations.NullMarked;
