package dev.filo.cart;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.cart.events.CartEvents;
import dev.filo.cart.grpc.CartHandler;
import dev.filo.cart.grpc.GrpcCatalog;
import dev.filo.cart.grpc.GrpcPlaces;
import dev.filo.cart.grpc.GrpcStock;
import dev.filo.cart.grpc.GrpcStores;
import dev.filo.cart.service.CartLinks;
import dev.filo.cart.service.CartPolicy;
import dev.filo.cart.service.CartStore;
import dev.filo.cart.service.Carts;
import dev.filo.cart.service.LinkStore;
import dev.filo.cart.service.RecentCatalog;
import dev.filo.cart.service.RecentStock;
import dev.filo.cart.service.Vouchers;
import dev.filo.cart.store.CartPersonalData;
import dev.filo.cart.store.MongoCartStore;
import dev.filo.cart.store.MongoLinkStore;
import dev.filo.cart.store.MongoVoucherStore;
import dev.filo.platform.Background;
import dev.filo.platform.auth.MergeHandler;
import dev.filo.platform.auth.SubjectAliases;
import dev.filo.platform.auth.UnmergeHandler;
import dev.filo.platform.feed.FeedKeys;
import dev.filo.platform.feed.Relay;
import dev.filo.platform.grpc.Channels;
import dev.filo.platform.privacy.PersonalData;
import dev.filo.platform.watch.Changes;
import java.time.InstantSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the cart service is made of. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(CartPolicy.class)
public class CartConfiguration {
  @Bean
  CartStore cartStore(MongoDatabase database, Relay relay) {
    var store = new MongoCartStore(database, relay, CartEvents::event);
    store.prepare();
    return store;
  }

  @Bean
  LinkStore cartLinkStore(MongoDatabase database) {
    var store = new MongoLinkStore(database);
    store.prepare();
    return store;
  }

  @Bean
  Vouchers vouchers(MongoDatabase database) {
    return new Vouchers(new MongoVoucherStore(database));
  }

  @Bean
  Carts.Others cartOthers(Channels channels, CartPolicy policy, InstantSource clock) {
    return new Carts.Others(
        new RecentCatalog(new GrpcCatalog(channels), policy.goodsAge(), clock),
        new RecentStock(new GrpcStock(channels), policy.stockAge(), clock),
        new GrpcPlaces(channels),
        new GrpcStores(channels));
  }

  @Bean
  Carts carts(
      CartStore store,
      Carts.Others others,
      Vouchers vouchers,
      LinkStore links,
      SubjectAliases aliases,
      Changes changes,
      InstantSource clock) {
    return new Carts(store, others, vouchers, links, aliases::isParted, changes, clock);
  }

  @Bean
  CartLinks cartLinks(
      Carts carts, CartStore store, LinkStore links, Carts.Others others, CartPolicy policy) {
    return new CartLinks(carts, store, links, others.catalog(), policy);
  }

  @Bean
  Background abandonedCarts(CartLinks links) {
    return new Background(links.sweeping());
  }

  @Bean
  CartHandler cartHandler(
      Carts carts, CartLinks links, Vouchers vouchers, Changes changes, InstantSource clock) {
    return new CartHandler(carts, links, vouchers, changes, clock);
  }

  @Bean
  PersonalData cartPersonalData(MongoDatabase database) {
    return new CartPersonalData(database);
  }

  @Bean
  FeedKeys cartKeys() {
    return CartEvents::keys;
  }

  @Bean
  MergeHandler cartMerge(Carts carts) {
    return carts::merge;
  }

  @Bean
  UnmergeHandler cartUnmerge(Carts carts) {
    return carts::unmerge;
  }
}
