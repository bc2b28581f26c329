/** Stock and reservations under SIGKILL: real processes on a real MongoDB replica set. */
package dev.filo.e2e.crash;
