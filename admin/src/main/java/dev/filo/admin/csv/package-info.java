/** Shopify's inventory exports. */
@NullMarked
package dev.filo.admin.csv;

import org.jspecify.annotations.NullMarked;
