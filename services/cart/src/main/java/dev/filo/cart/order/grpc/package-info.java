/** Orders over gRPC, and what they ask of other services. */
@NullMarked
package dev.filo.cart.order.grpc;

import org.jspecify.annotations.NullMarked;
