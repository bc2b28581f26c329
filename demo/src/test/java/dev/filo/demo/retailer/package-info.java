/** Tests of the demo retailer's data. */
@NullMarked
package dev.filo.demo.retailer;

import org.jspecify.annotations.NullMarked;
