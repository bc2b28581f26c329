/** Tests. */
@NullMarked
package dev.filo.pos.command;

import org.jspecify.annotations.NullMarked;
