/** Tests. */
@NullMarked
package dev.filo.inventory.service;

import org.jspecify.annotations.NullMarked;
