/** The channels of services and gateway to one another. */
@NullMarked
package dev.filo.telemetry.channel;

import org.jspecify.annotations.NullMarked;
