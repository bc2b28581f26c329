/** Tests. */
@NullMarked
package dev.filo.inventory.domain;

import org.jspecify.annotations.NullMarked;
