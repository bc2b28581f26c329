/** Answers of others that are kept for a while. */
@NullMarked
package dev.filo.platform.fresh;

import org.jspecify.annotations.NullMarked;
