package dev.filo.reservation;

import com.google.protobuf.InvalidProtocolBufferException;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.Background;
import dev.filo.platform.auth.MergeHandler;
import dev.filo.platform.auth.UnmergeHandler;
import dev.filo.platform.feed.FeedKeys;
import dev.filo.platform.feed.Relay;
import dev.filo.platform.grpc.Channels;
import dev.filo.platform.privacy.PersonalData;
import dev.filo.platform.reconcile.Reconciler;
import dev.filo.platform.watch.Changes;
import dev.filo.proto.reservation.v1.ReservationChanged;
import dev.filo.proto.reservation.v1.WaitlistEntryChanged;
import dev.filo.reservation.grpc.GrpcReservationService;
import dev.filo.reservation.service.LimitPolicy;
import dev.filo.reservation.service.Limits;
import dev.filo.reservation.service.Neighbours;
import dev.filo.reservation.service.ReservationPolicy;
import dev.filo.reservation.service.Reservations;
import dev.filo.reservation.store.MongoQuotaStore;
import dev.filo.reservation.store.MongoReservationStore;
import dev.filo.reservation.store.ReservationPersonalData;
import dev.filo.reservation.waitlist.WaitlistConfiguration;
import dev.filo.reservation.waitlist.service.Waitlists;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import reactor.core.publisher.Flux;

/** What the reservation service is made of. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({ReservationPolicy.class, LimitPolicy.class})
@Import(WaitlistConfiguration.class)
class ReservationConfiguration {
  private static final Duration SWEEP = Duration.ofMillis(500);

  @Bean
  MongoReservationStore reservationStore(MongoDatabase database, Relay relay) {
    var store = new MongoReservationStore(database);
    store.prepare();
    relay.watch(store.collection());
    return store;
  }

  @Bean
  Limits limits(
      MongoDatabase database,
      MongoReservationStore store,
      LimitPolicy policy,
      InstantSource clock) {
    return new Limits(new MongoQuotaStore(database), store, policy, clock);
  }

  @Bean
  Reservations reservations(
      MongoReservationStore store,
      Limits limits,
      Channels channels,
      ReservationPolicy policy,
      Relay relay,
      Changes changes,
      InstantSource clock) {
    return new Reservations(store, limits, new Neighbours(channels), policy, relay, changes, clock);
  }

  @Bean
  GrpcReservationService reservationService(
      Reservations reservations,
      MongoReservationStore store,
      Changes changes,
      InstantSource clock) {
    return new GrpcReservationService(reservations, store, changes, clock);
  }

  @Bean
  MergeHandler mergeHandler(Reservations reservations) {
    return reservations::merged;
  }

  @Bean
  UnmergeHandler unmergeHandler(Reservations reservations) {
    return reservations::unmerged;
  }

  @Bean
  @Order(2)
  Reconciler holdReconciler(Reservations reservations) {
    return reservations::reconcile;
  }

  @Bean
  PersonalData reservationPersonalData(MongoDatabase database, Reservations reservations) {
    return new ReservationPersonalData(database, reservations::withdraw);
  }

  @Bean
  FeedKeys feedKeys() {
    return event -> {
      try {
        if (event.getData().is(WaitlistEntryChanged.class)) {
          var entry = event.getData().unpack(WaitlistEntryChanged.class).getEntry();
          return List.of(Waitlists.customerKey(entry.getCustomer()));
        }
        var reservation = event.getData().unpack(ReservationChanged.class).getReservation();
        return List.of(
            Reservations.customerKey(reservation.getCustomer()),
            Reservations.storeKey(reservation.getStore()));
      } catch (InvalidProtocolBufferException e) {
        throw new IllegalStateException("an event of ours cannot be read", e);
      }
    };
  }

  @Bean
  Background sweep(Reservations reservations) {
    return new Background(
        Flux.interval(SWEEP)
            .onBackpressureDrop()
            .concatMap(
                tick ->
                    Flux.concat(
                        reservations.expire(),
                        reservations.escalate(),
                        reservations.remind(),
                        reservations.resume()),
                1));
  }
}
