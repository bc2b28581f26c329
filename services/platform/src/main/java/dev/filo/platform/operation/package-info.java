/** What a service says about itself to whoever operates it. */
@NullMarked
package dev.filo.platform.operation;

import org.jspecify.annotations.NullMarked;
