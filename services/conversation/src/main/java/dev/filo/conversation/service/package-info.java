/** Use cases: saying things, routing threads, what an agent should know. */
@NullMarked
package dev.filo.conversation.service;

import org.jspecify.annotations.NullMarked;
