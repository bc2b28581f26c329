/**
 * A hand-made furniture retailer for trying Filo: goods, shops and stock, the same on every run.
 */
@NullMarked
package dev.filo.demo.retailer;

import org.jspecify.annotations.NullMarked;
