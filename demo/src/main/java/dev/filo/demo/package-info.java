/** The demo's command line: playing Julia's journey, loading the demo retailer. */
@NullMarked
package dev.filo.demo;

import org.jspecify.annotations.NullMarked;
