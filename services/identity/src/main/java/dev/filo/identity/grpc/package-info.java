/** Identity's gRPC calls. */
@NullMarked
package dev.filo.identity.grpc;

import org.jspecify.annotations.NullMarked;
