/** The use cases of identity and the stores they need. */
@NullMarked
package dev.filo.identity.service;

import org.jspecify.annotations.NullMarked;
