/** The only door: HTTP, server-sent events and gRPC in front of the services. */
@NullMarked
package dev.filo.gateway;

import org.jspecify.annotations.NullMarked;
