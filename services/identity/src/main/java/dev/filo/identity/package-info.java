/** Who is this? Customers, sign-in, tokens. */
@NullMarked
package dev.filo.identity;

import org.jspecify.annotations.NullMarked;
