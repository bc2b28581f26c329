/** Loads the demo retailer into a running Filo through its gRPC door. */
@NullMarked
package dev.filo.demo.seed;

import org.jspecify.annotations.NullMarked;
