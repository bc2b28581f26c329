/** Server streams as server-sent events, one or several topics under one cursor. */
@NullMarked
package dev.filo.gateway.stream;

import org.jspecify.annotations.NullMarked;
