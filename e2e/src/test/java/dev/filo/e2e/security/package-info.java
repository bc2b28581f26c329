/** The suite under attack, over the network as an attacker has it. */
@org.jspecify.annotations.NullMarked
package dev.filo.e2e.security;
