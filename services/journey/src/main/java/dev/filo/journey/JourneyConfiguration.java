package dev.filo.journey;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.journey.events.TouchpointKeeper;
import dev.filo.journey.grpc.JourneyHandler;
import dev.filo.journey.service.Timelines;
import dev.filo.journey.service.TouchpointStore;
import dev.filo.journey.store.JourneyPersonalData;
import dev.filo.journey.store.MongoTouchpointStore;
import dev.filo.platform.auth.MergeHandler;
import dev.filo.platform.auth.UnmergeHandler;
import dev.filo.platform.feed.FeedFollower;
import dev.filo.platform.grpc.Channels;
import dev.filo.platform.privacy.PersonalData;
import dev.filo.platform.privacy.Tombstones;
import java.time.InstantSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the journey service is made of. */
@Configuration(proxyBeanMethods = false)
public class JourneyConfiguration {
  @Bean
  TouchpointStore touchpointStore(MongoDatabase database) {
    var store = new MongoTouchpointStore(database);
    store.prepare();
    return store;
  }

  @Bean
  Timelines timelines(TouchpointStore store, InstantSource clock) {
    return new Timelines(store, clock);
  }

  @Bean
  JourneyHandler journeyHandler(Timelines timelines, InstantSource clock) {
    return new JourneyHandler(timelines, clock);
  }

  @Bean
  MergeHandler journeyMerge(Timelines timelines) {
    return timelines::merge;
  }

  @Bean
  UnmergeHandler journeyUnmerge(Timelines timelines) {
    return timelines::unmerge;
  }

  @Bean
  PersonalData journeyPersonalData(MongoDatabase database) {
    return new JourneyPersonalData(database);
  }

  @Bean
  TouchpointKeeper touchpointKeeper(Timelines timelines, Tombstones tombstones) {
    return new TouchpointKeeper(timelines, tombstones::has);
  }

  @Bean
  FeedFollower identityTouchpoints(
      TouchpointKeeper keeper, Channels channels, MongoDatabase database, InstantSource clock) {
    return follower("identity", keeper, channels, database, clock);
  }

  @Bean
  FeedFollower cartTouchpoints(
      TouchpointKeeper keeper, Channels channels, MongoDatabase database, InstantSource clock) {
    return follower("cart", keeper, channels, database, clock);
  }

  @Bean
  FeedFollower reservationTouchpoints(
      TouchpointKeeper keeper, Channels channels, MongoDatabase database, InstantSource clock) {
    return follower("reservation", keeper, channels, database, clock);
  }

  @Bean
  FeedFollower conversationTouchpoints(
      TouchpointKeeper keeper, Channels channels, MongoDatabase database, InstantSource clock) {
    return follower("conversation", keeper, channels, database, clock);
  }

  private static FeedFollower follower(
      String source,
      TouchpointKeeper keeper,
      Channels channels,
      MongoDatabase database,
      InstantSource clock) {
    return new FeedFollower(
        "touchpoints-" + source, source, channels, database, clock, keeper::keep);
  }
}
