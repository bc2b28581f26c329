@NullMarked
package dev.filo.telemetry.trace;

import org.jspecify.annotations.NullMarked;
