/** Identity's documents in MongoDB. */
@NullMarked
package dev.filo.identity.store;

import org.jspecify.annotations.NullMarked;
