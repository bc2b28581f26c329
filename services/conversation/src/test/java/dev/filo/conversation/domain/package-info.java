/** Tests. */
@NullMarked
package dev.filo.conversation.domain;

import org.jspecify.annotations.NullMarked;
