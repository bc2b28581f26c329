/** The till: a command line that records what is sold, with or without network. */
@NullMarked
package dev.filo.pos;

import org.jspecify.annotations.NullMarked;
