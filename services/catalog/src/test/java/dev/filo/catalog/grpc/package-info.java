/** Tests of the catalog. */
@NullMarked
package dev.filo.catalog.grpc;

import org.jspecify.annotations.NullMarked;
