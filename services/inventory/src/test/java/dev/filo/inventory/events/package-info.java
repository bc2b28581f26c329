/** Tests. */
@NullMarked
package dev.filo.inventory.events;

import org.jspecify.annotations.NullMarked;
