/** What every service starts with: configuration, clock, running. */
@NullMarked
package dev.filo.platform;

import org.jspecify.annotations.NullMarked;
