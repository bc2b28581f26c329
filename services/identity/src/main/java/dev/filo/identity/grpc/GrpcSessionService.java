package dev.filo.identity.grpc;

import dev.filo.identity.domain.Handoff.State;
import dev.filo.identity.domain.Principal;
import dev.filo.identity.service.SessionStore;
import dev.filo.identity.service.Sessions;
import dev.filo.platform.auth.Caller;
import dev.filo.platform.grpc.Answers;
import dev.filo.platform.grpc.PageTokens;
import dev.filo.platform.grpc.Statuses;
import dev.filo.platform.grpc.Times;
import dev.filo.proto.identity.v1.DecideHandoffRequest;
import dev.filo.proto.identity.v1.EndAllSessionsRequest;
import dev.filo.proto.identity.v1.EndAllSessionsResponse;
import dev.filo.proto.identity.v1.EndSessionRequest;
import dev.filo.proto.identity.v1.EndSessionResponse;
import dev.filo.proto.identity.v1.GetHandoffRequest;
import dev.filo.proto.identity.v1.Handoff;
import dev.filo.proto.identity.v1.ListSessionsRequest;
import dev.filo.proto.identity.v1.ListSessionsResponse;
import dev.filo.proto.identity.v1.Session;
import dev.filo.proto.identity.v1.SessionServiceGrpc;
import io.grpc.stub.StreamObserver;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Mono;

/** A customer's sessions and hand-offs. */
public final class GrpcSessionService extends SessionServiceGrpc.SessionServiceImplBase {
  private static final int PAGE = 50;

  private final Sessions sessions;
  private final InstantSource clock;

  /** Answers calls. */
  public GrpcSessionService(Sessions sessions, InstantSource clock) {
    this.sessions = sessions;
    this.clock = clock;
  }

  @Override
  public void listSessions(
      ListSessionsRequest request, StreamObserver<ListSessionsResponse> observer) {
    var caller = Caller.current();
    int size = PageTokens.size(request.getPageSize(), PAGE);
    answer(
        observer,
        Mono.fromCallable(() -> place(request.getPageToken()))
            .flatMapMany(after -> sessions.list(request.getParent(), after, size + 1))
            .collectList()
            .map(found -> page(request.getParent(), found, size, caller.session())));
  }

  /** Where a page begins; empty for the first. */
  static Optional<SessionStore.Place> place(String pageToken) {
    var position = PageTokens.position(pageToken);
    if (position.isEmpty()) {
      return Optional.empty();
    }
    int dot = position.indexOf('.');
    try {
      return Optional.of(
          new SessionStore.Place(
              Instant.ofEpochMilli(Long.parseLong(position, 0, dot, 10)),
              position.substring(dot + 1)));
    } catch (NumberFormatException | IndexOutOfBoundsException e) {
      throw Statuses.pageTokenInvalid();
    }
  }

  private static ListSessionsResponse page(
      String parent, List<dev.filo.identity.domain.Session> found, int size, String current) {
    var shown = found.size() > size ? found.subList(0, size) : found;
    var page = ListSessionsResponse.newBuilder();
    for (var session : shown) {
      page.addSessions(
          Session.newBuilder()
              .setName(parent + "/sessions/" + session.id())
              .setDevice(session.device())
              .setChannel(channel(session.principal(), session.clientId()))
              .setClient(session.clientId())
              .setCurrent(session.id().equals(current))
              .setCreateTime(Times.timestamp(session.createTime()))
              .setUseTime(Times.timestamp(session.useTime()))
              .setExpireTime(Times.timestamp(session.expireTime())));
    }
    if (found.size() > size) {
      var last = shown.getLast();
      page.setNextPageToken(token(new SessionStore.Place(last.createTime(), last.id())));
    }
    return page.build();
  }

  /** The token of the page that begins after a place. */
  static String token(SessionStore.Place last) {
    return PageTokens.token(last.createTime().toEpochMilli() + "." + last.id());
  }

  @Override
  public void endSession(EndSessionRequest request, StreamObserver<EndSessionResponse> observer) {
    var name = request.getName();
    int slash = name.indexOf("/sessions/");
    answer(
        observer,
        sessions
            .end(name.substring(0, slash), name.substring(slash + "/sessions/".length()), byStaff())
            .thenReturn(EndSessionResponse.getDefaultInstance()));
  }

  @Override
  public void endAllSessions(
      EndAllSessionsRequest request, StreamObserver<EndAllSessionsResponse> observer) {
    var except = request.getKeepCurrent() ? Caller.current().session() : "";
    answer(
        observer,
        sessions
            .endAll(request.getParent(), except, byStaff())
            .map(count -> EndAllSessionsResponse.newBuilder().setEndedCount(count).build()));
  }

  /** Who of the staff calls; empty when it is the customer herself. */
  private static String byStaff() {
    var caller = Caller.current();
    return caller.isShopper() ? "" : caller.principal();
  }

  @Override
  public void getHandoff(GetHandoffRequest request, StreamObserver<Handoff> observer) {
    answer(
        observer,
        sessions.handoff(id(request.getName()), Caller.current().session()).map(this::message));
  }

  @Override
  public void decideHandoff(DecideHandoffRequest request, StreamObserver<Handoff> observer) {
    answer(
        observer,
        sessions
            .decideHandoff(id(request.getName()), Caller.current().session(), request.getApprove())
            .map(this::message));
  }

  private static String id(String name) {
    return name.substring("handoffs/".length());
  }

  private Handoff message(dev.filo.identity.domain.Handoff handoff) {
    return message(handoff, clock.instant()).build();
  }

  /** All but its code. */
  static Handoff.Builder message(dev.filo.identity.domain.Handoff handoff, Instant now) {
    boolean ended = handoff.state() == State.USED || handoff.state() == State.DENIED;
    return Handoff.newBuilder()
        .setName("handoffs/" + handoff.id())
        .setExpireTime(Times.timestamp(handoff.expireTime()))
        .setDevice(handoff.device())
        .setChannel(
            handoff.clientId().isEmpty() ? "" : channel(handoff.customer(), handoff.clientId()))
        .setState(
            !ended && !now.isBefore(handoff.expireTime())
                ? Handoff.State.EXPIRED
                : switch (handoff.state()) {
                  case OPEN -> Handoff.State.OPEN;
                  case CLAIMED -> Handoff.State.CLAIMED;
                  case APPROVED -> Handoff.State.APPROVED;
                  case DENIED -> Handoff.State.DENIED;
                  case USED -> Handoff.State.USED;
                });
  }

  private static String channel(String principal, String clientId) {
    return new Principal(principal, "customer", List.of(), "").channel(clientId);
  }

  private static <T> void answer(StreamObserver<T> observer, Mono<T> answer) {
    Answers.unary(observer, answer.onErrorMap(Refusals::toStatus));
  }
}
