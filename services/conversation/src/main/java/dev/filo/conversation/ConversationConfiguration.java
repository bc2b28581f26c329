package dev.filo.conversation;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.conversation.events.EscalationMail;
import dev.filo.conversation.events.ReservationNews;
import dev.filo.conversation.events.WaitlistNews;
import dev.filo.conversation.grpc.GrpcConversationService;
import dev.filo.conversation.service.ContextReader;
import dev.filo.conversation.service.Conversations;
import dev.filo.conversation.store.ConversationPersonalData;
import dev.filo.conversation.store.MongoConversationStore;
import dev.filo.platform.Background;
import dev.filo.platform.PlatformProperties;
import dev.filo.platform.auth.MergeHandler;
import dev.filo.platform.auth.UnmergeHandler;
import dev.filo.platform.feed.FeedFollower;
import dev.filo.platform.feed.FeedKeys;
import dev.filo.platform.feed.Relay;
import dev.filo.platform.grpc.Channels;
import dev.filo.platform.privacy.PersonalData;
import dev.filo.platform.watch.Changes;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Flux;

/** What the conversation service is made of. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ConversationConfiguration.Properties.class)
class ConversationConfiguration {
  private static final Duration SWEEP = Duration.ofSeconds(5);

  /**
   * What the retailer chooses: {@code filo.conversation.*}.
   *
   * @param capacity threads one agent answers at a time
   * @param escalation who is mailed when nobody at a store has seen a reservation in time
   */
  @ConfigurationProperties("filo.conversation")
  record Properties(@DefaultValue("40") int capacity, @DefaultValue Escalation escalation) {}

  /**
   * Who is mailed: docs/policy.md.
   *
   * @param mailTo the address for stores without one of their own; empty: nobody
   * @param stores addresses by the stores' ids
   * @param language of the mails
   */
  record Escalation(
      @DefaultValue("") String mailTo,
      @DefaultValue Map<String, String> stores,
      @DefaultValue("it") String language) {}

  @Bean
  MongoConversationStore conversationStore(MongoDatabase database, Relay relay) {
    var store = new MongoConversationStore(database);
    store.prepare();
    relay.watch(store.collection());
    return store;
  }

  @Bean
  Conversations conversations(
      MongoConversationStore store,
      Relay relay,
      Changes changes,
      InstantSource clock,
      Properties properties) {
    return new Conversations(store, relay, changes, clock, properties.capacity());
  }

  @Bean
  ContextReader contextReader(Channels channels) {
    return new ContextReader(channels);
  }

  @Bean
  GrpcConversationService conversationService(
      Conversations conversations,
      MongoConversationStore store,
      ContextReader context,
      Changes changes,
      InstantSource clock) {
    return new GrpcConversationService(conversations, store, context, changes, clock);
  }

  @Bean
  FeedFollower reservationFollower(
      Channels channels,
      MongoDatabase database,
      InstantSource clock,
      Conversations conversations,
      ContextReader people) {
    var news = new ReservationNews(conversations, people);
    var lines = new WaitlistNews(conversations, people);
    return new FeedFollower(
        "news",
        "reservation",
        channels,
        database,
        clock,
        event -> news.tell(event).then(lines.tell(event)));
  }

  /** Apart from the news, which does not wait for a mail server. */
  @Bean
  FeedFollower escalationFollower(
      Channels channels,
      MongoDatabase database,
      InstantSource clock,
      Properties properties,
      PlatformProperties platform) {
    var escalation = properties.escalation();
    var mail =
        new EscalationMail(
            channels,
            new EscalationMail.Recipients(
                escalation.mailTo(), escalation.stores(), escalation.language()),
            platform.issuer().replaceAll("/$", ""),
            clock);
    return new FeedFollower(
        "escalation_mail", "reservation", channels, database, clock, mail::tell);
  }

  @Bean
  MergeHandler mergeHandler(Conversations conversations) {
    return conversations::merged;
  }

  @Bean
  UnmergeHandler unmergeHandler(Conversations conversations) {
    return conversations::unmerged;
  }

  @Bean
  PersonalData conversationPersonalData(MongoDatabase database) {
    return new ConversationPersonalData(database);
  }

  @Bean
  FeedKeys feedKeys() {
    return event -> List.of(Conversations.INBOX);
  }

  @Bean
  Background sweep(Conversations conversations) {
    return new Background(
        Flux.interval(SWEEP).onBackpressureDrop().concatMap(tick -> conversations.sweep(), 1));
  }
}
