/** Stock per SKU and location: the ledger, holds and what may still be promised. */
@NullMarked
package dev.filo.inventory;

import org.jspecify.annotations.NullMarked;
