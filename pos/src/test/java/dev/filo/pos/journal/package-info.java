/** Tests. */
@NullMarked
package dev.filo.pos.journal;

import org.jspecify.annotations.NullMarked;
