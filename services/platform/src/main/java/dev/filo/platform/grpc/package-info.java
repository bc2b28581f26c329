/** gRPC servers and clients: handlers, errors, validation, access, channels. */
@NullMarked
package dev.filo.platform.grpc;

import org.jspecify.annotations.NullMarked;
