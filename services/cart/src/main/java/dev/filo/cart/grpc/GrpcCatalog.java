package dev.filo.cart.grpc;

import dev.filo.cart.domain.Goods;
import dev.filo.cart.domain.Money;
import dev.filo.cart.service.Catalog;
import dev.filo.platform.grpc.Calls;
import dev.filo.platform.grpc.Channels;
import dev.filo.proto.catalog.v1.BatchGetVariantsRequest;
import dev.filo.proto.catalog.v1.CatalogServiceGrpc;
import dev.filo.proto.catalog.v1.VariantItem;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The catalog, asked over gRPC: one call for up to 500 SKUs. */
public final class GrpcCatalog implements Catalog {
  private static final int CALL_MAX = 500;
  // Somebody is waiting for her cart; without the catalog she gets it a second later.
  private static final long DEADLINE_MILLIS = 1_000;

  private final Channels channels;

  /** Asks over {@code channels}. */
  public GrpcCatalog(Channels channels) {
    this.channels = channels;
  }

  @Override
  public Mono<Map<String, Goods>> goods(Set<String> skus, String language) {
    return Flux.fromIterable(skus)
        .buffer(CALL_MAX)
        .flatMap(
            some ->
                Calls.unary(
                    Channels.inLanguage(
                            CatalogServiceGrpc.newStub(channels.to("catalog")), language)
                        .withDeadlineAfter(DEADLINE_MILLIS, TimeUnit.MILLISECONDS),
                    CatalogServiceGrpc.CatalogServiceStub::batchGetVariants,
                    BatchGetVariantsRequest.newBuilder().addAllSkus(some).build()))
        .flatMapIterable(answer -> answer.getItemsList())
        .collectMap(item -> item.getVariant().getSku(), GrpcCatalog::goods);
  }

  private static Goods goods(VariantItem item) {
    var variant = item.getVariant();
    return new Goods(
        variant.getSku(),
        item.getProduct(),
        item.getTitle(),
        item.getMedia().getUri(),
        new Money(
            variant.getPrice().getCurrencyCode(),
            variant.getPrice().getUnits(),
            variant.getPrice().getNanos()),
        item.getWithdrawn());
  }
}
