/** The catalog's API. */
@NullMarked
package dev.filo.catalog.grpc;

import org.jspecify.annotations.NullMarked;
