/** What the cart does for callers: read, change, merge. */
@NullMarked
package dev.filo.cart.service;

import org.jspecify.annotations.NullMarked;
