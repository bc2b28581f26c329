@NullMarked
package dev.filo.admin.csv;

import org.jspecify.annotations.NullMarked;
