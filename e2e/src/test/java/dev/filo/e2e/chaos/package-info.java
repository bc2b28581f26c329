/**
 * The suite under faults: real processes on a real MongoDB replica set, with a network in between
 * that can be broken.
 */
package dev.filo.e2e.chaos;
