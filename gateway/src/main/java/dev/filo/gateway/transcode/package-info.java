/**
 * HTTP/JSON to gRPC by the {@code google.api.http} bindings in the descriptors; no code per
 * endpoint.
 */
@NullMarked
package dev.filo.gateway.transcode;

import org.jspecify.annotations.NullMarked;
