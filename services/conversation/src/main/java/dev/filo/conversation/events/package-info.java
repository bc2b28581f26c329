/** What is said when something happens elsewhere. */
@NullMarked
package dev.filo.conversation.events;

import org.jspecify.annotations.NullMarked;
