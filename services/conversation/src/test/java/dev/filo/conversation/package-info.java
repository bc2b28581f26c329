/** Tests. */
@NullMarked
package dev.filo.conversation;

import org.jspecify.annotations.NullMarked;
