/** Everything in one process: what {@code ./filo up} runs. It adds no behaviour. */
@NullMarked
package dev.filo.suite;

import org.jspecify.annotations.NullMarked;
