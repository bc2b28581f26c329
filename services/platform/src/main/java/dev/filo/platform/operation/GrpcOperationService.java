package dev.filo.platform.operation;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.feed.Backlog;
import dev.filo.platform.feed.FeedFollower;
import dev.filo.platform.feed.FeedStore;
import dev.filo.platform.grpc.Answers;
import dev.filo.platform.grpc.Times;
import dev.filo.platform.mongo.Docs;
import dev.filo.platform.mongo.ExpectedIndexes;
import dev.filo.proto.operation.v1.Database;
import dev.filo.proto.operation.v1.DiagnoseRequest;
import dev.filo.proto.operation.v1.DiagnoseResponse;
import dev.filo.proto.operation.v1.Finding.Verdict;
import dev.filo.proto.operation.v1.Follower;
import dev.filo.proto.operation.v1.OperationServiceGrpc;
import dev.filo.proto.operation.v1.Outbox;
import dev.filo.telemetry.Build;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.bson.Document;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Says how the service is. Each part has two seconds to be found out; what cannot be is left out.
 */
public final class GrpcOperationService extends OperationServiceGrpc.OperationServiceImplBase {
  private static final Logger log = LoggerFactory.getLogger(GrpcOperationService.class);
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final int MISSING_MAX = 1000;
  private static final Document NOTHING_SAID = new Document();

  private final String service;
  private final Build build;
  private final Instant startTime;
  private final InstantSource clock;
  private final MongoDatabase database;
  private final FeedStore feed;
  private final Backlog backlog;
  private final Supplier<List<FeedFollower>> followers;
  private final Supplier<List<Check>> checks;

  /**
   * Answers calls.
   *
   * @param service its short name: {@code cart}
   * @param followers all it has; asked when somebody wants to know
   * @param checks what it checks itself; the same
   */
  public GrpcOperationService(
      String service,
      Build build,
      InstantSource clock,
      MongoDatabase database,
      FeedStore feed,
      Supplier<List<FeedFollower>> followers,
      Supplier<List<Check>> checks) {
    this.service = service;
    this.build = build;
    this.startTime = clock.instant();
    this.clock = clock;
    this.database = database;
    this.feed = feed;
    this.backlog = new Backlog(database);
    this.followers = followers;
    this.checks = checks;
  }

  @Override
  public void diagnose(DiagnoseRequest request, StreamObserver<DiagnoseResponse> observer) {
    Answers.unary(observer, diagnose());
  }

  private Mono<DiagnoseResponse> diagnose() {
    return database()
        .flatMap(
            found ->
                Mono.zip(
                        found.getAnswers() ? stored() : Mono.just(DiagnoseResponse.newBuilder()),
                        findings())
                    .map(
                        both ->
                            both.getT1()
                                .setService(service)
                                .setVersion(build.version())
                                .setRevision(build.revision())
                                .setTime(Times.timestamp(clock.instant()))
                                .setStartTime(Times.timestamp(startTime))
                                .setDatabase(found)
                                .addAllFindings(both.getT2())
                                .build()));
  }

  private Mono<Database> database() {
    return Mono.defer(
            () -> {
              var asked = clock.instant();
              return run("hello")
                  .map(
                      hello -> {
                        var answer = Database.newBuilder().setAnswers(true);
                        Date time = hello.getDate("localTime");
                        if (time != null) {
                          var half = Duration.between(asked, clock.instant()).dividedBy(2);
                          answer.setSkew(
                              duration(Duration.between(asked.plus(half), time.toInstant())));
                        }
                        return answer;
                      });
            })
        .flatMap(
            answer ->
                Mono.zip(
                    run("buildInfo").onErrorReturn(NOTHING_SAID),
                    run("dbStats").onErrorReturn(NOTHING_SAID),
                    (info, stats) ->
                        answer
                            .setVersion(info.get("version", ""))
                            .setDiskUsedBytes(Docs.number(stats, "fsUsedSize"))
                            .setDiskTotalBytes(Docs.number(stats, "fsTotalSize"))))
        .map(Database.Builder::build)
        .onErrorReturn(Database.getDefaultInstance());
  }

  private Mono<Document> run(String command) {
    return Mono.from(database.runCommand(new Document(command, 1))).timeout(PATIENCE);
  }

  /** A part of what is said. */
  private interface Part extends Consumer<DiagnoseResponse.Builder> {}

  /** What the database says, each on its own: one that fails leaves the others. */
  private Mono<DiagnoseResponse.Builder> stored() {
    return Flux.merge(indexes(), outboxes(), head(), followers())
        .collectList()
        .map(
            parts -> {
              var answer = DiagnoseResponse.newBuilder();
              parts.forEach(part -> part.accept(answer));
              return answer;
            });
  }

  private Mono<Part> indexes() {
    return part(
        ExpectedIndexes.of(database)
            .map(
                indexes ->
                    answer ->
                        answer
                            .setExpectedIndexCount(indexes.expected())
                            .addAllMissingIndexes(
                                indexes.missing().stream().limit(MISSING_MAX).toList())));
  }

  private Mono<Part> outboxes() {
    return part(
        backlog
            .outboxes(clock)
            .map(GrpcOperationService::message)
            .collectList()
            .map(outboxes -> answer -> answer.addAllOutboxes(outboxes)));
  }

  private Mono<Part> head() {
    return part(feed.last().map(last -> answer -> answer.setFeedHead(last)));
  }

  private Mono<Part> followers() {
    return Mono.defer(
        () -> {
          var readers = followers.get();
          return part(
              backlog
                  .positions(readers)
                  .map(
                      positions ->
                          answer ->
                              readers.forEach(
                                  follower ->
                                      answer.addFollowers(
                                          Follower.newBuilder()
                                              .setName(follower.name())
                                              .setSource(follower.source())
                                              .setPosition(
                                                  positions.getOrDefault(follower.name(), 0L))))));
        });
  }

  private static Mono<Part> part(Mono<Part> part) {
    return part.timeout(PATIENCE)
        .onErrorResume(
            error -> {
              log.warn("a part of the diagnosis cannot be had: {}", error.toString());
              return Mono.empty();
            });
  }

  private Mono<List<dev.filo.proto.operation.v1.Finding>> findings() {
    return Flux.fromIterable(checks.get())
        .concatMap(
            check ->
                check
                    .look()
                    .timeout(PATIENCE)
                    .onErrorResume(
                        error -> {
                          log.warn("a check cannot be made: {}", error.toString());
                          return Mono.empty();
                        }))
        .map(GrpcOperationService::message)
        .collectList();
  }

  private static Outbox message(Backlog.Waiting waiting) {
    var message = Outbox.newBuilder().setCollection(waiting.collection()).setDepth(waiting.depth());
    if (waiting.depth() > 0) {
      message.setAge(duration(waiting.age()));
    }
    return message.build();
  }

  private static dev.filo.proto.operation.v1.Finding message(Finding finding) {
    return dev.filo.proto.operation.v1.Finding.newBuilder()
        .setCheck(finding.check())
        .setVerdict(
            switch (finding.verdict()) {
              case GOOD -> Verdict.VERDICT_GOOD;
              case DOUBTFUL -> Verdict.VERDICT_DOUBTFUL;
              case BAD -> Verdict.VERDICT_BAD;
            })
        .setSeen(finding.seen())
        .setAdvice(finding.advice())
        .build();
  }

  private static com.google.protobuf.Duration duration(Duration duration) {
    long millis = duration.toMillis();
    return com.google.protobuf.Duration.newBuilder()
        .setSeconds(millis / 1000)
        .setNanos((int) (millis % 1000) * 1_000_000)
        .build();
  }
}
