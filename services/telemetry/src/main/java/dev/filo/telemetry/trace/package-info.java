/** Traces: what one request led to, in every process it passed (W3C Trace Context, OTLP). */
@NullMarked
package dev.filo.telemetry.trace;

import org.jspecify.annotations.NullMarked;
