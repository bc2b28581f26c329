/** Identity as a whole, over its own HTTP and gRPC. */
@NullMarked
package dev.filo.identity;

import org.jspecify.annotations.NullMarked;
