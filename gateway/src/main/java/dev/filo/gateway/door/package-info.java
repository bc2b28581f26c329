/** The gRPC door that tills call. */
@NullMarked
package dev.filo.gateway.door;

import org.jspecify.annotations.NullMarked;
