/** Customers, what identifies them, sessions, and why identity refuses. */
@NullMarked
package dev.filo.identity.domain;

import org.jspecify.annotations.NullMarked;
