/** Julia's journey, played through the public doors of a running Filo. */
@NullMarked
package dev.filo.demo.journey;

import org.jspecify.annotations.NullMarked;
