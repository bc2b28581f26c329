package dev.filo.reservation.waitlist.grpc;

import dev.filo.platform.auth.Caller;
import dev.filo.platform.code.Ids;
import dev.filo.platform.grpc.Answers;
import dev.filo.platform.grpc.PageTokens;
import dev.filo.platform.grpc.Statuses;
import dev.filo.platform.watch.Changes;
import dev.filo.platform.watch.States;
import dev.filo.proto.reservation.v1.AcceptWaitlistOfferRequest;
import dev.filo.proto.reservation.v1.GetWaitlistEntryRequest;
import dev.filo.proto.reservation.v1.JoinWaitlistRequest;
import dev.filo.proto.reservation.v1.LeaveWaitlistRequest;
import dev.filo.proto.reservation.v1.ListWaitlistEntriesRequest;
import dev.filo.proto.reservation.v1.ListWaitlistEntriesResponse;
import dev.filo.proto.reservation.v1.WaitlistEntry;
import dev.filo.proto.reservation.v1.WaitlistServiceGrpc;
import dev.filo.proto.reservation.v1.WatchWaitlistEntriesRequest;
import dev.filo.proto.reservation.v1.WatchWaitlistEntriesResponse;
import dev.filo.reservation.waitlist.service.WaitlistProtos;
import dev.filo.reservation.waitlist.service.Waitlists;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.HexFormat;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;

/** The waitlist service over gRPC. */
public final class GrpcWaitlistService extends WaitlistServiceGrpc.WaitlistServiceImplBase {
  // Another replica's changes, and what time alone changes, are seen that late at most.
  private static final Duration LOOK = Duration.ofSeconds(5);

  private final Waitlists waitlists;
  private final Changes changes;

  /** Serves the use cases. */
  public GrpcWaitlistService(Waitlists waitlists, Changes changes) {
    this.waitlists = waitlists;
    this.changes = changes;
  }

  @Override
  public void joinWaitlist(JoinWaitlistRequest request, StreamObserver<WaitlistEntry> observer) {
    var caller = Caller.current();
    answer(observer, caller, Mono.defer(() -> waitlists.join(request, caller)));
  }

  @Override
  public void getWaitlistEntry(
      GetWaitlistEntryRequest request, StreamObserver<WaitlistEntry> observer) {
    var caller = Caller.current();
    answer(observer, caller, Mono.defer(() -> waitlists.get(id(request.getName()), caller)));
  }

  @Override
  public void listWaitlistEntries(
      ListWaitlistEntriesRequest request, StreamObserver<ListWaitlistEntriesResponse> observer) {
    var caller = Caller.current();
    answer(observer, caller, Mono.defer(() -> list(request, caller)));
  }

  private Mono<ListWaitlistEntriesResponse> list(
      ListWaitlistEntriesRequest request, Caller caller) {
    int size = PageTokens.size(request.getPageSize(), 50);
    var customer = caller.isShopper() ? caller.principal() : request.getCustomer();
    if (!customer.isEmpty()) {
      return waitlists.list(customer, PageTokens.number(request.getPageToken()), size);
    }
    var storeName = request.getStore();
    if (storeName.isEmpty() && caller.stores().size() == 1) {
      storeName = caller.stores().getFirst();
    }
    if (storeName.isEmpty()) {
      throw Statuses.field("store", "must be named, or a customer");
    }
    try {
      return waitlists.listAt(
          storeName, PageTokens.position(request.getPageToken()), size, PageTokens::token);
    } catch (NumberFormatException e) {
      throw Statuses.pageTokenInvalid();
    }
  }

  @Override
  public void watchWaitlistEntries(
      WatchWaitlistEntriesRequest request, StreamObserver<WatchWaitlistEntriesResponse> observer) {
    var caller = Caller.current();
    Answers.stream(
        observer,
        waitlists
            .ensureMerged(caller)
            .thenMany(
                States.watch(
                    changes.of(Waitlists.customerKey(request.getParent()), LOOK),
                    () -> read(request.getParent()),
                    WatchWaitlistEntriesResponse::getCursor,
                    request.getResumeCursor())));
  }

  private Mono<WatchWaitlistEntriesResponse> read(String customer) {
    return waitlists
        .open(customer)
        .map(
            entries ->
                WatchWaitlistEntriesResponse.newBuilder()
                    .addAllEntries(entries)
                    .setCursor(
                        HexFormat.of()
                            .formatHex(
                                Ids.sha256(
                                    entries.stream()
                                        .map(
                                            entry ->
                                                entry.getName()
                                                    + entry.getState()
                                                    + entry.getPosition()
                                                    + entry.getOfferedQuantity())
                                        .collect(Collectors.joining(" "))),
                                0,
                                8))
                    .build());
  }

  @Override
  public void acceptWaitlistOffer(
      AcceptWaitlistOfferRequest request, StreamObserver<WaitlistEntry> observer) {
    var caller = Caller.current();
    answer(observer, caller, Mono.defer(() -> waitlists.accept(id(request.getName()), caller)));
  }

  @Override
  public void leaveWaitlist(LeaveWaitlistRequest request, StreamObserver<WaitlistEntry> observer) {
    var caller = Caller.current();
    answer(observer, caller, Mono.defer(() -> waitlists.leave(id(request.getName()), caller)));
  }

  private <T> void answer(StreamObserver<T> observer, Caller caller, Mono<T> answer) {
    Answers.unary(
        observer, waitlists.ensureMerged(caller).then(answer).onErrorMap(WaitlistRefusals::map));
  }

  private static String id(String name) {
    return name.substring(WaitlistProtos.PREFIX.length());
  }
}
