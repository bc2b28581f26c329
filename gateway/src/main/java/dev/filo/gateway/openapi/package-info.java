/** The OpenAPI document and the error page, written from the same descriptors. */
@NullMarked
package dev.filo.gateway.openapi;

import org.jspecify.annotations.NullMarked;
