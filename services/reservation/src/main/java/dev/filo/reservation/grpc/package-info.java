/** The gRPC handlers and their mapping. */
@NullMarked
package dev.filo.reservation.grpc;

import org.jspecify.annotations.NullMarked;
