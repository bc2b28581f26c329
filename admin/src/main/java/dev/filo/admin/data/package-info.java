/** Backup and restore of the services' databases. */
@NullMarked
package dev.filo.admin.data;

import org.jspecify.annotations.NullMarked;
