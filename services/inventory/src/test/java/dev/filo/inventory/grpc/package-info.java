/** Tests. */
@NullMarked
package dev.filo.inventory.grpc;

import org.jspecify.annotations.NullMarked;
