/** What customers, agents and the suite do with lines. */
@NullMarked
package dev.filo.reservation.waitlist.service;

import org.jspecify.annotations.NullMarked;
