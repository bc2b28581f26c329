/** What a clerk types and what he is told. */
@NullMarked
package dev.filo.pos.command;

import org.jspecify.annotations.NullMarked;
