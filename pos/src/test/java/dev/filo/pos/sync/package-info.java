/** Tests. */
@NullMarked
package dev.filo.pos.sync;

import org.jspecify.annotations.NullMarked;
