/** What can be checked of the pages without a browser. */
@NullMarked
package dev.filo.web;

import org.jspecify.annotations.NullMarked;
