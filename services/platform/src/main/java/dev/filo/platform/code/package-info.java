/** Ids, codes people type, QR codes. */
@NullMarked
package dev.filo.platform.code;

import org.jspecify.annotations.NullMarked;
