/** Tests of the demo retailer's pictures. */
@NullMarked
package dev.filo.demo.art;

import org.jspecify.annotations.NullMarked;
