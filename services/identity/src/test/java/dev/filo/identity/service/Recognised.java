package dev.filo.identity.service;

import com.mongodb.client.model.Filters;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.identity.domain.Blocked;
import dev.filo.identity.domain.Customer;
import dev.filo.identity.domain.Evidence;
import dev.filo.identity.domain.Graph;
import dev.filo.identity.domain.IdentifierKey;
import dev.filo.identity.store.MongoAuditStore;
import dev.filo.identity.store.MongoCustomerStore;
import dev.filo.identity.store.MongoMergeCaseStore;
import dev.filo.platform.auth.AliasSource;
import dev.filo.platform.auth.SubjectAliases;
import dev.filo.platform.code.Ids;
import dev.filo.platform.feed.FeedStore;
import dev.filo.platform.feed.FeedTail;
import dev.filo.platform.feed.Outbox;
import dev.filo.platform.feed.Relay;
import dev.filo.platform.watch.Changes;
import dev.filo.proto.feed.v1.Actor;
import dev.filo.proto.feed.v1.Event;
import dev.filo.testkit.MutableClock;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/** Recognition over a database, its relay standing still: what was told stays in the outboxes. */
final class Recognised {
  static final Duration PATIENCE = Duration.ofSeconds(60);
  static final Function<String, Actor> SERVICE =
      name ->
          Actor.newBuilder()
              .setPrincipal("services/conversation")
              .setRole("service")
              .setChannel("chat")
              .build();
  static final Actor AGENT =
      Actor.newBuilder()
          .setPrincipal("staff/agent@filo.example")
          .setRole("agent")
          .setChannel("desk")
          .build();
  static final Graph.Policy POLICY =
      new Graph.Policy(Graph.LIMITS, new Blocked(List.of("phone:+390266791234")));

  final MutableClock clock = MutableClock.standing();
  final MongoDatabase database;
  final MongoCustomerStore store;
  final MongoMergeCaseStore caseStore;
  final SubjectAliases aliases;
  final AuditLog audit;
  final Recognition recognition;
  final Customers customers;
  final MergeCases cases;

  Recognised(MongoDatabase database) {
    this.database = database;
    var feed = new FeedStore(database);
    var relay =
        new Relay(
            feed,
            new FeedTail(feed, new Changes(), Duration.ofSeconds(1), event -> List.of()),
            clock);
    store = new MongoCustomerStore(database, relay);
    store.prepare();
    caseStore = new MongoMergeCaseStore(database);
    caseStore.prepare();
    var log = new MongoAuditStore(database);
    log.prepare();
    audit = new AuditLog(log, new Secrets("a secret of sixteen"));
    AliasSource source =
        name ->
            store
                .find(Customer.id(name))
                .filter(customer -> customer.isAlias() || customer.isParted())
                .map(found -> found.isAlias() ? Customer.name(found.mergedInto()) : name);
    aliases = new SubjectAliases(database, source);
    recognition = over(store);
    customers = new Customers(store, recognition, clock);
    cases = new MergeCases(caseStore, customers, recognition);
  }

  Recognition over(CustomerStore any) {
    return new Recognition(any, caseStore, aliases, audit, POLICY, clock);
  }

  static Recognition.Fact fact(IdentifierKey.Type type, String value, Evidence evidence) {
    return new Recognition.Fact(IdentifierKey.read(type, value).orElseThrow(), evidence);
  }

  static Recognition.Fact proven(IdentifierKey.Type type, String value) {
    return fact(type, value, Evidence.PROVIDER);
  }

  Customer resolve(Recognition.Fact... facts) {
    return Objects.requireNonNull(recognition.resolve(List.of(facts), SERVICE).block(PATIENCE));
  }

  Customer now(String id) {
    return Objects.requireNonNull(recognition.current(id).block(PATIENCE));
  }

  Customer raw(String id) {
    return Objects.requireNonNull(store.find(id).block(PATIENCE));
  }

  void unmerge(String id) {
    var request =
        dev.filo.proto.identity.v1.UnmergeCustomerRequest.newBuilder()
            .setName(Customer.name(id))
            .setRequestId(Ids.random())
            .build();
    customers
        .unmerge(
            Customer.name(id),
            request.getRequestId(),
            request,
            dev.filo.proto.identity.v1.UnmergeCustomerRequest.parser(),
            person -> request,
            AGENT)
        .block(PATIENCE);
  }

  /** What a customer's document still has to tell. */
  List<Event> told(String id) {
    return Outbox.events(
        Objects.requireNonNull(
            Mono.from(database.getCollection("customers").find(Filters.eq("_id", id)).first())
                .block(PATIENCE)));
  }

  /** A store that dies after so many calls. */
  static CustomerStore mortal(CustomerStore store, int calls) {
    var made = new AtomicInteger();
    return (CustomerStore)
        Proxy.newProxyInstance(
            Recognised.class.getClassLoader(),
            new Class<?>[] {CustomerStore.class},
            (proxy, method, arguments) -> {
              if (made.getAndIncrement() >= calls) {
                throw new Died();
              }
              try {
                return method.invoke(store, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  /** The top of each chain. */
  static Map<String, String> tops(List<Customer> all) {
    var byId = new java.util.TreeMap<String, Customer>();
    all.forEach(one -> byId.put(one.id(), one));
    var tops = new java.util.TreeMap<String, String>();
    byId.forEach((id, one) -> tops.put(id, one.isAlias() ? Recognition.top(one, byId) : id));
    return tops;
  }

  static final class Died extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }
}
