package dev.filo.catalog;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.catalog.events.IndexFollower;
import dev.filo.catalog.grpc.GrpcCatalogService;
import dev.filo.catalog.grpc.NearestStock;
import dev.filo.catalog.grpc.ProductSearch;
import dev.filo.catalog.search.ProductIndex;
import dev.filo.catalog.search.StoreBook;
import dev.filo.catalog.store.MongoMedia;
import dev.filo.catalog.store.MongoProducts;
import dev.filo.catalog.store.MongoStores;
import dev.filo.platform.feed.FeedStore;
import dev.filo.platform.feed.Relay;
import dev.filo.platform.grpc.Channels;
import dev.filo.platform.watch.Changes;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** How the catalog is put together. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(CatalogProperties.class)
public class CatalogConfiguration {
  @Bean
  MongoProducts products(MongoDatabase database, Relay relay) {
    var products = new MongoProducts(database, relay);
    products.prepare(relay);
    return products;
  }

  @Bean
  MongoStores stores(MongoDatabase database, Relay relay) {
    var stores = new MongoStores(database, relay);
    stores.prepare(relay);
    return stores;
  }

  @Bean
  MongoMedia media(MongoDatabase database) {
    return new MongoMedia(database);
  }

  @Bean(destroyMethod = "close")
  ProductIndex productIndex(CatalogProperties properties) throws IOException {
    return properties.indexDir().isEmpty()
        ? ProductIndex.inMemory()
        : ProductIndex.in(Path.of(properties.indexDir()));
  }

  @Bean
  StoreBook storeBook() {
    return new StoreBook();
  }

  @Bean
  IndexFollower indexFollower(
      MongoProducts products,
      MongoStores stores,
      ProductIndex index,
      StoreBook book,
      FeedStore feed,
      Changes changes) {
    return new IndexFollower(products, stores, index, book, feed, changes);
  }

  @Bean
  NearestStock nearestStock(Channels channels, StoreBook stores) {
    return new NearestStock(channels, stores);
  }

  @Bean
  ProductSearch productSearch(ProductIndex index, MongoProducts products, NearestStock stock) {
    return new ProductSearch(index, products, stock);
  }

  @Bean
  GrpcCatalogService catalogService(
      MongoProducts products,
      MongoStores stores,
      MongoMedia media,
      ProductIndex index,
      StoreBook book,
      ProductSearch search,
      InstantSource clock) {
    return new GrpcCatalogService(products, stores, media, index, book, search, clock);
  }
}
