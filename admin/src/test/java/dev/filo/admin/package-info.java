@NullMarked
package dev.filo.admin;

import org.jspecify.annotations.NullMarked;
