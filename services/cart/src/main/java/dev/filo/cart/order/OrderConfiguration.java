package dev.filo.cart.order;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.cart.order.events.OrderEvents;
import dev.filo.cart.order.events.ReservationNews;
import dev.filo.cart.order.grpc.GrpcKeeping;
import dev.filo.cart.order.grpc.OrderHandler;
import dev.filo.cart.order.payment.HttpPayments;
import dev.filo.cart.order.payment.PaymentSettings;
import dev.filo.cart.order.service.OrderPolicy;
import dev.filo.cart.order.service.OrderStore;
import dev.filo.cart.order.service.Orders;
import dev.filo.cart.order.service.Payments;
import dev.filo.cart.order.store.MongoOrderStore;
import dev.filo.cart.order.store.OrderPersonalData;
import dev.filo.cart.service.Carts;
import dev.filo.platform.Background;
import dev.filo.platform.PlatformProperties;
import dev.filo.platform.auth.MergeHandler;
import dev.filo.platform.auth.UnmergeHandler;
import dev.filo.platform.feed.FeedFollower;
import dev.filo.platform.feed.Relay;
import dev.filo.platform.grpc.Channels;
import dev.filo.platform.privacy.PersonalData;
import dev.filo.platform.reconcile.Reconciler;
import dev.filo.platform.watch.Changes;
import java.time.InstantSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import reactor.core.publisher.Flux;

/** What orders are made of. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({OrderPolicy.class, PaymentSettings.class})
public class OrderConfiguration {
  @Bean
  OrderStore orderStore(MongoDatabase database, Relay relay, InstantSource clock) {
    var store = new MongoOrderStore(database, relay, OrderEvents::event, clock);
    store.prepare();
    return store;
  }

  @Bean
  Payments payments(PaymentSettings settings, PlatformProperties platform, InstantSource clock) {
    return new HttpPayments(settings, platform.issuer(), clock);
  }

  @Bean
  Orders orders(
      OrderStore store,
      Channels channels,
      Payments payments,
      Carts carts,
      OrderPolicy policy,
      Changes changes,
      InstantSource clock) {
    return new Orders(store, new GrpcKeeping(channels), payments, carts, policy, changes, clock);
  }

  @Bean
  OrderHandler orderHandler(Orders orders, Carts carts, Changes changes) {
    return new OrderHandler(orders, carts, changes);
  }

  @Bean
  PersonalData orderPersonalData(MongoDatabase database, Orders orders) {
    return new OrderPersonalData(database, orders::withdraw);
  }

  @Bean
  Background orderSweep(Orders orders, OrderPolicy policy) {
    return new Background(
        Flux.interval(policy.sweep()).onBackpressureDrop().concatMap(tick -> orders.sweep(), 1));
  }

  @Bean
  FeedFollower orderReservations(
      Orders orders, Channels channels, MongoDatabase database, InstantSource clock) {
    var news = new ReservationNews(orders);
    return new FeedFollower(
        "orders", "reservation", channels, database, clock, event -> news.deal(event));
  }

  @Bean
  @Order(2)
  Reconciler orderReconciler(Orders orders) {
    return orders::reconcile;
  }

  @Bean
  MergeHandler orderMerge(Orders orders) {
    return orders::merged;
  }

  @Bean
  UnmergeHandler orderUnmerge(Orders orders) {
    return orders::unmerged;
  }
}
