/** Keeping touchpoints and reading time lines. */
@NullMarked
package dev.filo.journey.service;

import org.jspecify.annotations.NullMarked;
