/** The gRPC handlers and their mapping. */
@NullMarked
package dev.filo.conversation.grpc;

import org.jspecify.annotations.NullMarked;
