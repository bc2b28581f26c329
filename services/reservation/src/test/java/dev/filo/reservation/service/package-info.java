/** Tests. */
@NullMarked
package dev.filo.reservation.service;

import org.jspecify.annotations.NullMarked;
