/** The file a customer downloads: all that is held about her. */
@NullMarked
package dev.filo.identity.export;

import org.jspecify.annotations.NullMarked;
