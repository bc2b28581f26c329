/** What a process tells about itself: its meters, and the port they are read from. */
@NullMarked
package dev.filo.telemetry;

import org.jspecify.annotations.NullMarked;
