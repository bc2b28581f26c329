/** A MongoDB-compatible server inside this process, kept in one file. */
@NullMarked
package dev.filo.embedded;

import org.jspecify.annotations.NullMarked;
