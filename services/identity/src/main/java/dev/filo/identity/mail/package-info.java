/** Ways to send a code to a person. */
@NullMarked
package dev.filo.identity.mail;

import org.jspecify.annotations.NullMarked;
