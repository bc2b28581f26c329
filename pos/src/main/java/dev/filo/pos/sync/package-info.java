/** What waits in the journal, sent in order. */
@NullMarked
package dev.filo.pos.sync;

import org.jspecify.annotations.NullMarked;
