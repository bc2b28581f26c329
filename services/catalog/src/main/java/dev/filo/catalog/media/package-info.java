/** Whether a picture is what it says and does nothing but show. */
@NullMarked
package dev.filo.catalog.media;

import org.jspecify.annotations.NullMarked;
