/** The claims about speed, measured. */
@NullMarked
package dev.filo.bench;

import org.jspecify.annotations.NullMarked;
