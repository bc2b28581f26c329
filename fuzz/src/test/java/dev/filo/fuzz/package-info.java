/** Parsers of what comes from outside, and a way to feed them. */
@NullMarked
package dev.filo.fuzz;

import org.jspecify.annotations.NullMarked;
