package dev.filo.reservation.waitlist;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.Background;
import dev.filo.platform.auth.MergeHandler;
import dev.filo.platform.auth.UnmergeHandler;
import dev.filo.platform.feed.Relay;
import dev.filo.platform.grpc.Channels;
import dev.filo.platform.privacy.PersonalData;
import dev.filo.platform.reconcile.Reconciliations;
import dev.filo.platform.watch.Changes;
import dev.filo.reservation.service.Limits;
import dev.filo.reservation.service.Neighbours;
import dev.filo.reservation.service.ReservationPolicy;
import dev.filo.reservation.service.TakeOver;
import dev.filo.reservation.store.MongoReservationStore;
import dev.filo.reservation.waitlist.events.StockNews;
import dev.filo.reservation.waitlist.grpc.GrpcWaitlistService;
import dev.filo.reservation.waitlist.service.Waitlists;
import dev.filo.reservation.waitlist.store.MongoWaitlistStore;
import dev.filo.reservation.waitlist.store.WaitlistPersonalData;
import java.time.Duration;
import java.time.InstantSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What the waitlist is made of. */
@Configuration(proxyBeanMethods = false)
public class WaitlistConfiguration {
  private static final Duration SWEEP = Duration.ofMillis(500);

  @Bean
  MongoWaitlistStore waitlistStore(MongoDatabase database, Relay relay) {
    var store = new MongoWaitlistStore(database);
    store.prepare();
    relay.watch(store.collection());
    return store;
  }

  @Bean
  Waitlists waitlists(
      MongoWaitlistStore store,
      MongoReservationStore reservations,
      Limits limits,
      Channels channels,
      ReservationPolicy policy,
      Relay relay,
      Changes changes,
      InstantSource clock) {
    var neighbours = new Neighbours(channels);
    return new Waitlists(
        store,
        limits,
        neighbours,
        new TakeOver(reservations, limits, neighbours, policy, relay, changes, clock),
        relay,
        changes,
        clock);
  }

  @Bean
  GrpcWaitlistService waitlistService(Waitlists waitlists, Changes changes) {
    return new GrpcWaitlistService(waitlists, changes);
  }

  @Bean
  Background stockNews(
      Channels channels,
      MongoWaitlistStore store,
      Waitlists waitlists,
      MongoDatabase database,
      InstantSource clock) {
    var missed =
        Mono.defer(() -> Reconciliations.open(database, "feed of inventory", clock.instant()));
    return new Background(new StockNews(channels, store, waitlists, missed).follow());
  }

  @Bean
  MergeHandler waitlistMergeHandler(Waitlists waitlists) {
    return waitlists::merged;
  }

  @Bean
  UnmergeHandler waitlistUnmergeHandler(Waitlists waitlists) {
    return waitlists::unmerged;
  }

  @Bean
  PersonalData waitlistPersonalData(MongoDatabase database, Waitlists waitlists) {
    return new WaitlistPersonalData(database, waitlists::withdraw);
  }

  @Bean
  Background waitlistSweep(Waitlists waitlists) {
    return new Background(
        Flux.interval(SWEEP).onBackpressureDrop().concatMap(tick -> waitlists.sweep(), 1));
  }
}
