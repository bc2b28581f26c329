/** The journey over gRPC. */
@NullMarked
package dev.filo.journey.grpc;

import org.jspecify.annotations.NullMarked;
