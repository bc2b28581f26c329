/** Who is calling: tokens, callers, a service's own token, aliases of subjects. */
@NullMarked
package dev.filo.platform.auth;

import org.jspecify.annotations.NullMarked;
