/** Signing keys and the access tokens signed with them. */
@NullMarked
package dev.filo.identity.tokens;

import org.jspecify.annotations.NullMarked;
