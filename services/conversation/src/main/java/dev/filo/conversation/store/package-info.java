/** Threads, messages and agents in MongoDB. */
@NullMarked
package dev.filo.conversation.store;

import org.jspecify.annotations.NullMarked;
