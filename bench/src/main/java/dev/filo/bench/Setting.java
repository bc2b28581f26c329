package dev.filo.bench;

import com.mongodb.reactivestreams.client.MongoClient;
import java.time.Duration;

/**
 * What all measurements of a run share.
 *
 * @param uri the same MongoDB, for what has a client of its own
 * @param database the name of a database of this run's own
 * @param clients how many ask at once
 * @param round how long each side of a comparison is measured before the other one is
 * @param rounds how often both are
 */
record Setting(
    MongoClient mongo, String uri, String database, int clients, Duration round, int rounds) {}
