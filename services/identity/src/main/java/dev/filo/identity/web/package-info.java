/** The token endpoint and sign-in page, on Spring Authorization Server. */
@NullMarked
package dev.filo.identity.web;

import org.jspecify.annotations.NullMarked;
