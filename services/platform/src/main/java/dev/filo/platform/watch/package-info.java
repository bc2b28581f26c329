/** Telling watchers in this process that something changed. */
@NullMarked
package dev.filo.platform.watch;

import org.jspecify.annotations.NullMarked;
