@NullMarked
package dev.filo.telemetry;

import org.jspecify.annotations.NullMarked;
