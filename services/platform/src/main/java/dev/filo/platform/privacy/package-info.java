/** Export and erasure of what a service holds about people. */
@NullMarked
package dev.filo.platform.privacy;

import org.jspecify.annotations.NullMarked;
