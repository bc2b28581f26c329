/** Use cases: keeping goods, handing them over, letting them go. */
@NullMarked
package dev.filo.reservation.service;

import org.jspecify.annotations.NullMarked;
