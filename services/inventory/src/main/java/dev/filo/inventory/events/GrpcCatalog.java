package dev.filo.inventory.events;

import dev.filo.inventory.service.Catalog;
import dev.filo.platform.grpc.Calls;
import dev.filo.platform.grpc.Channels;
import dev.filo.proto.catalog.v1.BatchGetVariantsRequest;
import dev.filo.proto.catalog.v1.CatalogServiceGrpc;
import dev.filo.proto.catalog.v1.GetStoreRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Catalog over gRPC. */
public final class GrpcCatalog implements Catalog {
  // What BatchGetVariants takes at once.
  private static final int SKUS_MAX = 500;

  private final Channels channels;

  /** Catalog behind its channel. */
  public GrpcCatalog(Channels channels) {
    this.channels = channels;
  }

  @Override
  public Mono<byte[]> store(String name) {
    return Calls.unary(
            CatalogServiceGrpc.newStub(channels.to("catalog")),
            CatalogServiceGrpc.CatalogServiceStub::getStore,
            GetStoreRequest.newBuilder().setName(name).build())
        .map(store -> store.toByteArray())
        .onErrorResume(
            error ->
                error instanceof StatusRuntimeException status
                    && status.getStatus().getCode() == Status.Code.NOT_FOUND,
            error -> Mono.empty());
  }

  @Override
  public Mono<Set<String>> known(Collection<String> skus) {
    return Flux.fromIterable(new ArrayList<>(skus))
        .buffer(SKUS_MAX)
        .concatMap(
            some ->
                Calls.unary(
                    CatalogServiceGrpc.newStub(channels.to("catalog")),
                    CatalogServiceGrpc.CatalogServiceStub::batchGetVariants,
                    BatchGetVariantsRequest.newBuilder().addAllSkus(some).build()))
        .flatMapIterable(answer -> answer.getItemsList())
        .map(item -> item.getVariant().getSku())
        .collect(Collectors.toSet());
  }
}
