/** How the till reaches the gateway: tokens, TLS, calls. */
@NullMarked
package dev.filo.pos.gateway;

import org.jspecify.annotations.NullMarked;
