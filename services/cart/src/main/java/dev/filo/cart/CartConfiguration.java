package dev.filo.cart;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.cart.events.CartEvents;
import dev.filo.cart.grpc.CartHandler;
import dev.filo.cart.grpc.GrpcCatalog;
import dev.filo.cart.grpc.GrpcStock;
import dev.filo.cart.service.CartStore;
import dev.filo.cart.service.Carts;
import dev.filo.cart.store.MongoCartStore;
import dev.filo.platform.auth.MergeHandler;
import dev.filo.platform.feed.FeedKeys;
import dev.filo.platform.feed.Relay;
import dev.filo.platform.grpc.Channels;
import dev.filo.platform.watch.Changes;
import java.time.InstantSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the cart service is made of. */
@Configuration(proxyBeanMethods = false)
public class CartConfiguration {
  @Bean
  CartStore cartStore(MongoDatabase database, Relay relay) {
    var store = new MongoCartStore(database, relay, CartEvents::event);
    store.prepare();
    return store;
  }

  @Bean
  Carts carts(CartStore store, Channels channels, Changes changes, InstantSource clock) {
    return new Carts(store, new GrpcCatalog(channels), new GrpcStock(channels), changes, clock);
  }

  @Bean
  CartHandler cartHandler(Carts carts, Changes changes, InstantSource clock) {
    return new CartHandler(carts, changes, clock);
  }

  @Bean
  FeedKeys cartKeys() {
    return CartEvents::keys;
  }

  @Bean
  MergeHandler cartMerge(Carts carts) {
    return carts::merge;
  }
}
