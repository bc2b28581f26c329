/** The waitlist service over gRPC. */
@NullMarked
package dev.filo.reservation.waitlist.grpc;

import org.jspecify.annotations.NullMarked;
