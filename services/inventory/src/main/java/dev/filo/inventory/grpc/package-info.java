/** The service as gRPC. */
@NullMarked
package dev.filo.inventory.grpc;

import org.jspecify.annotations.NullMarked;
