/** Talking with customers: the conversation service. */
@NullMarked
package dev.filo.conversation;

import org.jspecify.annotations.NullMarked;
