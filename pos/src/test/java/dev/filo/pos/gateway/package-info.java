/** Tests. */
@NullMarked
package dev.filo.pos.gateway;

import org.jspecify.annotations.NullMarked;
