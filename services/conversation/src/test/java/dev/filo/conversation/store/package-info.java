/** Tests. */
@NullMarked
package dev.filo.conversation.store;

import org.jspecify.annotations.NullMarked;
