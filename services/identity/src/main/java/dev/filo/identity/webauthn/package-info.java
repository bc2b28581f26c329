/** WebAuthn's ceremonies by the library for them. */
@NullMarked
package dev.filo.identity.webauthn;

import org.jspecify.annotations.NullMarked;
