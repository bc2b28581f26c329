package dev.filo.journey.grpc;

import dev.filo.journey.domain.Touchpoint.Source;
import dev.filo.journey.service.RefusedException;
import dev.filo.journey.service.Timelines;
import dev.filo.journey.service.TouchpointStore;
import dev.filo.platform.auth.Caller;
import dev.filo.platform.grpc.Answers;
import dev.filo.platform.grpc.PageTokens;
import dev.filo.platform.grpc.Statuses;
import dev.filo.platform.grpc.Times;
import dev.filo.proto.journey.v1.BatchCreateTouchpointsRequest;
import dev.filo.proto.journey.v1.BatchCreateTouchpointsResponse;
import dev.filo.proto.journey.v1.GetTimelineRequest;
import dev.filo.proto.journey.v1.JourneyServiceGrpc;
import dev.filo.proto.journey.v1.Timeline;
import dev.filo.proto.journey.v1.Touchpoint;
import io.grpc.stub.StreamObserver;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Answers for the journey. */
public final class JourneyHandler extends JourneyServiceGrpc.JourneyServiceImplBase {
  private static final int PAGE_SIZE = 100;
  // What a proto timestamp may say: the years 1 to 9999.
  private static final long SECONDS_MIN = -62_135_596_800L;
  private static final long SECONDS_MAX = 253_402_300_799L;
  private static final int NANOS_MAX = 999_999_999;

  private final Timelines timelines;
  private final InstantSource clock;

  /** Answers with {@code timelines}. */
  public JourneyHandler(Timelines timelines, InstantSource clock) {
    this.timelines = timelines;
    this.clock = clock;
  }

  @Override
  public void batchCreateTouchpoints(
      BatchCreateTouchpointsRequest request,
      StreamObserver<BatchCreateTouchpointsResponse> observer) {
    var caller = Caller.current();
    Answers.unary(
        observer,
        Mono.fromCallable(() -> touchpoints(request, caller))
            .flatMap(timelines::keepSeen)
            .map(
                created ->
                    BatchCreateTouchpointsResponse.newBuilder().setCreatedCount(created).build())
            .onErrorMap(RefusedException.class, refused -> Refusals.toStatus(refused.refusal())));
  }

  private List<dev.filo.journey.domain.Touchpoint> touchpoints(
      BatchCreateTouchpointsRequest request, Caller caller) {
    var now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    var touchpoints = new ArrayList<dev.filo.journey.domain.Touchpoint>();
    for (int i = 0; i < request.getTouchpointsCount(); i++) {
      var touchpoint = request.getTouchpoints(i);
      touchpoints.add(
          new dev.filo.journey.domain.Touchpoint(
              Source.APP,
              touchpoint.getId(),
              caller.principal(),
              touchpoint.hasTime() ? time(touchpoint, i) : now,
              caller.channel(),
              touchpoint.getType(),
              touchpoint.getSubject(),
              "customer",
              touchpoint.getTitle()));
    }
    return touchpoints;
  }

  private static Instant time(Touchpoint touchpoint, int index) {
    var time = touchpoint.getTime();
    if (time.getSeconds() < SECONDS_MIN
        || time.getSeconds() > SECONDS_MAX
        || time.getNanos() < 0
        || time.getNanos() > NANOS_MAX) {
      throw Statuses.field("touchpoints[" + index + "].time", "must be of the years 1 to 9999");
    }
    return Times.instant(time).truncatedTo(ChronoUnit.MILLIS);
  }

  @Override
  public void getTimeline(GetTimelineRequest request, StreamObserver<Timeline> observer) {
    var caller = Caller.current();
    int size = PageTokens.size(request.getPageSize(), PAGE_SIZE);
    Answers.unary(
        observer,
        timelines
            .ensureMerged(caller)
            .then(
                Mono.defer(
                    () ->
                        timelines.before(
                            request.getParent(), place(request.getPageToken()), size + 1)))
            .map(found -> timeline(found, size)));
  }

  /** One touchpoint more than the page holds tells that there is a next one. */
  private static Timeline timeline(List<dev.filo.journey.domain.Touchpoint> found, int size) {
    var timeline = Timeline.newBuilder();
    found.stream()
        .limit(size)
        .forEach(
            touchpoint ->
                timeline.addTouchpoints(
                    Touchpoint.newBuilder()
                        .setId(touchpoint.id())
                        .setTime(Times.timestamp(touchpoint.time()))
                        .setChannel(touchpoint.channel())
                        .setType(touchpoint.type())
                        .setSubject(touchpoint.subject())
                        .setBy(touchpoint.by())
                        .setTitle(touchpoint.title())));
    if (found.size() > size) {
      var last = found.get(size - 1);
      timeline.setNextPageToken(PageTokens.token(last.time().toEpochMilli() + " " + last.key()));
    }
    return timeline.build();
  }

  private static TouchpointStore.@Nullable Place place(String token) {
    var position = PageTokens.position(token);
    if (position.isEmpty()) {
      return null;
    }
    int space = position.indexOf(' ');
    try {
      return new TouchpointStore.Place(
          Instant.ofEpochMilli(Long.parseLong(position.substring(0, Math.max(0, space)))),
          position.substring(space + 1));
    } catch (NumberFormatException e) {
      throw Statuses.pageTokenInvalid();
    }
  }
}
