/** What the till has said, kept on its own disk until the gateway has it. */
@NullMarked
package dev.filo.pos.journal;

import org.jspecify.annotations.NullMarked;
