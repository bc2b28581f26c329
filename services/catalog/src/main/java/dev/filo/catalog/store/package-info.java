/** Products, stores and pictures in MongoDB. */
@NullMarked
package dev.filo.catalog.store;

import org.jspecify.annotations.NullMarked;
