/** Levels, movements, holds and places in MongoDB. */
@NullMarked
package dev.filo.inventory.store;

import org.jspecify.annotations.NullMarked;
