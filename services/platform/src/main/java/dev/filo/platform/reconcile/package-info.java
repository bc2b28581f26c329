/** Brings a service's data in line with its neighbours' after one of them was restored. */
@NullMarked
package dev.filo.platform.reconcile;

import org.jspecify.annotations.NullMarked;
