/** What operators do from a command line. */
@NullMarked
package dev.filo.admin;

import org.jspecify.annotations.NullMarked;
