/**
 * What a caller is told when a call is refused: RFC 9457 problem details from {@code google.rpc}
 * statuses.
 */
@NullMarked
package dev.filo.gateway.problem;

import org.jspecify.annotations.NullMarked;
