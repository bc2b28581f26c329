/** Answers the paths of the route table. */
@NullMarked
package dev.filo.gateway.api;

import org.jspecify.annotations.NullMarked;
