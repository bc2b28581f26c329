/** The use cases: writing levels, holds over several SKUs, the ledger, availability. */
@NullMarked
package dev.filo.inventory.service;

import org.jspecify.annotations.NullMarked;
