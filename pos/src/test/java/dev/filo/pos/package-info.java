/** Tests. */
@NullMarked
package dev.filo.pos;

import org.jspecify.annotations.NullMarked;
