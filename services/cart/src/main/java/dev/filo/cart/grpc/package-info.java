/** The cart over gRPC, and what it asks of other services. */
@NullMarked
package dev.filo.cart.grpc;

import org.jspecify.annotations.NullMarked;
