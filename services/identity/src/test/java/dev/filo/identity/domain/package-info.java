@org.jspecify.annotations.NullMarked
package dev.filo.identity.domain;
