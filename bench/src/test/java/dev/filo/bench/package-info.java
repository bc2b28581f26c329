/** Tests. */
@NullMarked
package dev.filo.bench;

import org.jspecify.annotations.NullMarked;
