/** What the services' tests share: clocks, stores, property runs, architecture rules. */
@NullMarked
package dev.filo.testkit;

import org.jspecify.annotations.NullMarked;
