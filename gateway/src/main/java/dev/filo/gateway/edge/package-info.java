/** What every request passes: addresses, limits, tokens, headers. */
@NullMarked
package dev.filo.gateway.edge;

import org.jspecify.annotations.NullMarked;
