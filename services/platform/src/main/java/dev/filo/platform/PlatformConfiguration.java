package dev.filo.platform;

import com.google.protobuf.InvalidProtocolBufferException;
import com.mongodb.reactivestreams.client.MongoClient;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.auth.AliasSource;
import dev.filo.platform.auth.EndedSessions;
import dev.filo.platform.auth.JwksSource;
import dev.filo.platform.auth.MergeHandler;
import dev.filo.platform.auth.ServiceTokens;
import dev.filo.platform.auth.SubjectAliases;
import dev.filo.platform.auth.SubjectMerges;
import dev.filo.platform.auth.TokenVerifier;
import dev.filo.platform.auth.UnmergeHandler;
import dev.filo.platform.feed.FeedFollower;
import dev.filo.platform.feed.FeedKeys;
import dev.filo.platform.feed.FeedMeters;
import dev.filo.platform.feed.FeedStore;
import dev.filo.platform.feed.FeedTail;
import dev.filo.platform.feed.GrpcFeedService;
import dev.filo.platform.feed.Relay;
import dev.filo.platform.grpc.AccessInterceptor;
import dev.filo.platform.grpc.CallLog;
import dev.filo.platform.grpc.Calls;
import dev.filo.platform.grpc.Channels;
import dev.filo.platform.grpc.FieldRules;
import dev.filo.platform.grpc.GrpcServer;
import dev.filo.platform.grpc.Rules;
import dev.filo.platform.mongo.Mongo;
import dev.filo.platform.operation.Check;
import dev.filo.platform.operation.GrpcOperationService;
import dev.filo.platform.privacy.Erasures;
import dev.filo.platform.privacy.FeedScrubber;
import dev.filo.platform.privacy.GrpcPrivacyService;
import dev.filo.platform.privacy.PersonalData;
import dev.filo.platform.privacy.Tombstones;
import dev.filo.platform.reconcile.Aliases;
import dev.filo.platform.reconcile.Reconciler;
import dev.filo.platform.reconcile.Reconciliations;
import dev.filo.platform.watch.Changes;
import dev.filo.proto.identity.v1.CustomerErased;
import dev.filo.proto.identity.v1.CustomerMerged;
import dev.filo.proto.identity.v1.CustomerUnmerged;
import dev.filo.proto.identity.v1.IdentityServiceGrpc;
import dev.filo.proto.identity.v1.ListSigningKeysRequest;
import dev.filo.proto.identity.v1.SessionEnded;
import dev.filo.telemetry.Build;
import dev.filo.telemetry.TelemetryConfiguration;
import dev.filo.telemetry.TelemetryProperties;
import dev.filo.telemetry.trace.Traces;
import io.grpc.BindableService;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What every service is made with. A service adds its {@link BindableService}s and, if people's
 * things are in it, a {@link MergeHandler} and an {@link UnmergeHandler}.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(PlatformProperties.class)
@Import(TelemetryConfiguration.class)
public class PlatformConfiguration {
  private static final Duration PROBE = Duration.ofSeconds(2);
  private static final Duration DATABASE_START =
      Duration.ofMinutes(2); // pulled and started with us
  private static final Duration FEED_LOOK = Duration.ofSeconds(10);
  private static final Duration TRIM = Duration.ofHours(1);
  private static final Duration ENDED_REFRESH = Duration.ofSeconds(1);
  private static final Duration SETTLE = Duration.ofSeconds(1);
  private static final String MERGED = CustomerMerged.getDescriptor().getFullName();
  private static final String ERASED = CustomerErased.getDescriptor().getFullName();
  private static final String SESSION_ENDED = SessionEnded.getDescriptor().getFullName();
  private static final String UNMERGED = CustomerUnmerged.getDescriptor().getFullName();

  @Bean
  InstantSource clock() {
    return InstantSource.system();
  }

  @Bean(destroyMethod = "close")
  MongoClient mongoClient(PlatformProperties properties, Traces traces) {
    var mongodb = properties.mongodb();
    return Mongo.client(mongodb.uri(), mongodb.ca(), properties.service(), traces);
  }

  @Bean
  MongoDatabase mongoDatabase(MongoClient client, PlatformProperties properties) {
    var database = client.getDatabase(properties.mongodb().prefix() + properties.service());
    Mongo.await(database, DATABASE_START);
    return database;
  }

  @Bean
  Changes changes() {
    return new Changes();
  }

  @Bean
  FeedStore feedStore(MongoDatabase database) {
    var store = new FeedStore(database);
    store.prepare();
    return store;
  }

  @Bean
  FeedTail feedTail(
      FeedStore feed,
      Changes changes,
      PlatformProperties properties,
      ObjectProvider<FeedKeys> keys) {
    FeedKeys more = keys.getIfAvailable(() -> event -> List.of());
    return new FeedTail(feed, changes, properties.feed().poll(), more::of);
  }

  @Bean
  Relay relay(FeedStore feed, FeedTail tail, InstantSource clock) {
    return new Relay(feed, tail, clock);
  }

  @Bean
  GrpcFeedService feedService(FeedStore feed, Changes changes) {
    return new GrpcFeedService(feed, changes);
  }

  @Bean
  GrpcOperationService operationService(
      PlatformProperties properties,
      Environment environment,
      InstantSource clock,
      MongoDatabase database,
      FeedStore feed,
      ObjectProvider<FeedFollower> followers,
      ObjectProvider<Check> checks) {
    return new GrpcOperationService(
        properties.service(),
        Build.of(environment.getProperty("filo.revision", "")),
        clock,
        database,
        feed,
        () -> followers.orderedStream().toList(),
        () -> checks.orderedStream().toList());
  }

  @Bean
  ServiceTokens serviceTokens(PlatformProperties properties, InstantSource clock) {
    return new ServiceTokens(
        properties.tokenUri(), "service-" + properties.service(), properties.clientSecret(), clock);
  }

  @Bean
  Channels channels(PlatformProperties properties, ServiceTokens tokens, Traces traces) {
    return new Channels(properties::target, tokens, traces.clients());
  }

  @Bean
  SubjectAliases subjectAliases(MongoDatabase database, ObjectProvider<AliasSource> own) {
    var source = own.getIfAvailable();
    if (source != null) {
      return new SubjectAliases(database, source);
    }
    var aliases = new SubjectAliases(database);
    aliases.prepare();
    return aliases;
  }

  @Bean
  SubjectMerges subjectMerges(
      SubjectAliases aliases,
      ObjectProvider<MergeHandler> merges,
      ObjectProvider<UnmergeHandler> unmerges,
      Tombstones tombstones,
      InstantSource clock) {
    return new SubjectMerges(
        aliases, merges::orderedStream, unmerges::orderedStream, tombstones::has, clock);
  }

  @Bean
  Background mergesSettle(SubjectMerges merges, ObjectProvider<AliasSource> own) {
    return new Background(
        own.getIfAvailable() != null // it is where aliases come from
            ? Flux.never()
            : Flux.interval(SETTLE)
                .onBackpressureDrop()
                .concatMap(tick -> merges.settle().onErrorComplete(), 1));
  }

  @Bean
  EndedSessions endedSessions(MongoDatabase database, InstantSource clock) {
    var ended = new EndedSessions(database, clock);
    ended.prepare();
    return ended;
  }

  @Bean
  Background endedSessionsRefresh(EndedSessions ended) {
    return new Background(
        Flux.interval(Duration.ZERO, ENDED_REFRESH)
            .onBackpressureDrop()
            .concatMap(tick -> ended.refresh().onErrorComplete(), 1));
  }

  @Bean
  Background endedSessionsTrim(EndedSessions ended) {
    return new Background(
        Flux.interval(TRIM)
            .onBackpressureDrop()
            .concatMap(tick -> ended.forget().onErrorComplete(), 1));
  }

  @Bean
  Tombstones tombstones(MongoDatabase database, InstantSource clock) {
    var tombstones = new Tombstones(database, clock);
    tombstones.prepare();
    return tombstones;
  }

  @Bean
  Background tombstonesRefresh(Tombstones tombstones) {
    return new Background(
        Flux.interval(ENDED_REFRESH)
            .onBackpressureDrop()
            .concatMap(tick -> tombstones.refresh().onErrorComplete(), 1));
  }

  @Bean
  Erasures erasures(
      MongoDatabase database,
      ObjectProvider<PersonalData> kinds,
      SubjectMerges merges,
      Tombstones tombstones,
      InstantSource clock) {
    var all = kinds.orderedStream().toList();
    var scrubber = new FeedScrubber(database);
    if (!all.isEmpty()) { // else nothing is ever looked for
      scrubber.prepare();
    }
    return new Erasures(database, all, merges, tombstones, scrubber, clock);
  }

  /** Who is whom, as identity says now. */
  @Bean
  @Order(0)
  Reconciler aliasReconciler(
      MongoDatabase database,
      SubjectMerges merges,
      Channels channels,
      ObjectProvider<AliasSource> own) {
    return own.getIfAvailable() != null // it is where aliases come from
        ? since -> Flux.empty()
        : since -> new Aliases(database, merges, channels).reconcile();
  }

  /** Who was erased stays erased, whatever was restored. */
  @Bean
  @Order(1)
  Reconciler erasureReconciler(Tombstones tombstones, Erasures erasures) {
    return since -> tombstones.again(erasures);
  }

  @Bean
  Reconciliations reconciliations(
      MongoDatabase database, ObjectProvider<Reconciler> reconcilers, InstantSource clock) {
    var reconciliations = new Reconciliations(database, reconcilers::orderedStream, clock);
    reconciliations.prepare();
    return reconciliations;
  }

  @Bean
  Background reconciling(Reconciliations reconciliations) {
    return new Background(
        Flux.interval(SETTLE)
            .onBackpressureDrop()
            .concatMap(tick -> reconciliations.work().onErrorComplete(), 1));
  }

  @Bean
  Background reconciliationsTrim(Reconciliations reconciliations) {
    return new Background(
        Flux.interval(TRIM)
            .onBackpressureDrop()
            .concatMap(tick -> reconciliations.forget().onErrorComplete(), 1));
  }

  @Bean
  GrpcPrivacyService privacyService(Erasures erasures) {
    return new GrpcPrivacyService(erasures);
  }

  @Bean
  TokenVerifier tokenVerifier(
      ObjectProvider<JwksSource> own,
      EndedSessions ended,
      Channels channels,
      PlatformProperties properties,
      InstantSource clock) {
    JwksSource source =
        own.getIfAvailable(
            () ->
                () ->
                    Calls.unary(
                            IdentityServiceGrpc.newStub(channels.to("identity")),
                            IdentityServiceGrpc.IdentityServiceStub::listSigningKeys,
                            ListSigningKeysRequest.getDefaultInstance())
                        .map(keys -> keys.getJwksJson()));
    return new TokenVerifier(source::jwks, properties.issuer(), clock, ended::has);
  }

  @Bean
  FieldRules fieldRules() {
    return new FieldRules();
  }

  @Bean
  AccessInterceptor accessInterceptor(
      List<BindableService> services,
      TokenVerifier tokens,
      SubjectAliases aliases,
      Tombstones tombstones,
      FieldRules fieldRules,
      PlatformProperties properties) {
    return new AccessInterceptor(
        Rules.of(services),
        tokens,
        aliases,
        fieldRules,
        tombstones::has,
        // who asks identity again for an erasure is told what became of it
        name -> !properties.service().equals("identity") && tombstones.has(name));
  }

  @Bean
  Background staleStreams(AccessInterceptor access) {
    return new Background(
        Flux.interval(ENDED_REFRESH).onBackpressureDrop().concatMap(tick -> access.endStale(), 1));
  }

  @Bean
  GrpcServer grpcServer(
      PlatformProperties properties,
      List<BindableService> services,
      AccessInterceptor access,
      MeterRegistry meters,
      Traces traces) {
    var interceptors = new ArrayList<>(traces.servers());
    interceptors.add(new CallLog(meters));
    interceptors.add(access);
    return new GrpcServer(
        properties.grpc().listen(),
        properties.grpc().drain(),
        services,
        interceptors,
        properties.grpc().inline());
  }

  @Bean
  Background readiness(GrpcServer server, MongoDatabase database) {
    return new Background(
        Flux.interval(Duration.ZERO, PROBE)
            .onBackpressureDrop()
            .concatMap(tick -> Mongo.answers(database), 1)
            .doOnNext(server::ready));
  }

  /** Only where somebody reads them. */
  @Bean
  Background feedMeters(
      TelemetryProperties telemetry,
      MongoDatabase database,
      FeedStore feed,
      InstantSource clock,
      MeterRegistry meters,
      PlatformProperties properties,
      ObjectProvider<FeedFollower> followers) {
    return new Background(
        telemetry.port() == 0
            ? Flux.never()
            : new FeedMeters(
                    database,
                    feed,
                    clock,
                    meters,
                    properties.service(),
                    followers.orderedStream().toList())
                .every(FEED_LOOK));
  }

  @Bean
  Background feedTrim(FeedStore feed, PlatformProperties properties, InstantSource clock) {
    return new Background(
        Flux.interval(TRIM)
            .onBackpressureDrop()
            .concatMap(
                tick ->
                    feed.trim(properties.feed().keep(), clock.instant())
                        .onErrorResume(e -> Mono.empty()),
                1));
  }

  @Bean
  FeedFollower aliasFollower(
      PlatformProperties properties,
      Channels channels,
      MongoDatabase database,
      InstantSource clock,
      EndedSessions ended,
      Erasures erasures,
      SubjectMerges merges) {
    boolean isIdentity = properties.service().equals("identity"); // it is where aliases come from
    return new FeedFollower(
        "aliases",
        "identity",
        channels,
        database,
        clock,
        event -> {
          try {
            if (event.getType().equals(SESSION_ENDED)) {
              return ended.record(event.getData().unpack(SessionEnded.class).getSession());
            } else if (isIdentity) {
              return Mono.empty();
            } else if (event.getType().equals(MERGED)) {
              var merged = event.getData().unpack(CustomerMerged.class);
              return merges.merged(merged.getCustomer(), merged.getAlias());
            } else if (event.getType().equals(UNMERGED)) {
              var parted = event.getData().unpack(CustomerUnmerged.class);
              return merges.unmerged(parted.getCustomer(), parted.getAlias());
            } else if (event.getType().equals(ERASED)) {
              // Done already, unless this service's data is older than the erasure.
              var gone = event.getData().unpack(CustomerErased.class);
              var names = new LinkedHashSet<>(gone.getAliasesList());
              names.add(gone.getCustomer());
              return erasures.erase(names, gone.getErasure(), 1).then();
            }
            return Mono.empty();
          } catch (InvalidProtocolBufferException e) {
            return Mono.error(e);
          }
        });
  }
}
