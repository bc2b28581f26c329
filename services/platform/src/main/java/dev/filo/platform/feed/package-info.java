/** What happened: the outbox in the document, the feed, its followers. */
@NullMarked
package dev.filo.platform.feed;

import org.jspecify.annotations.NullMarked;
