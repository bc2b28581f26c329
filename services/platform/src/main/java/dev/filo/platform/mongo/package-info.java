/** MongoDB: the client, conditional updates, remembered requests. */
@NullMarked
package dev.filo.platform.mongo;

import org.jspecify.annotations.NullMarked;
