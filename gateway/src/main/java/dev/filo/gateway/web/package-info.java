/** The pages, their modules and the import map. */
@NullMarked
package dev.filo.gateway.web;

import org.jspecify.annotations.NullMarked;
