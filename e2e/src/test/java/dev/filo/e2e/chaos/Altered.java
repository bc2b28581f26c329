package dev.filo.e2e.chaos;

import com.mongodb.MongoClientSettings;
import com.mongodb.WriteConcern;
import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.WriteModel;
import com.mongodb.reactivestreams.client.MongoClient;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.Services;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.UnaryOperator;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * A service out of its own jar, on a clock that can be set wrong and, when that is wanted, broken
 * in one way. It is on the class path of tests only.
 */
public final class Altered {
  /** The system property with the name of the {@link Flaw}. */
  static final String FLAW = "filo.chaos.flaw";

  /** The system property with the file of the {@link Clock}. */
  static final String CLOCK = "filo.chaos.clock";

  private static final int EVENT_LOST_OF = 2;

  private Altered() {}

  /** Runs the service that the first argument names. */
  public static void main(String[] args) throws ReflectiveOperationException {
    var service = args[0];
    builder(service)
        .sources(Alterations.class)
        .properties("spring.main.allow-bean-definition-overriding=true")
        .run(Arrays.copyOfRange(args, 1, args.length));
  }

  private static SpringApplicationBuilder builder(String service)
      throws ReflectiveOperationException {
    var application =
        Class.forName(
            "dev.filo.%s.%s%sApplication"
                .formatted(
                    service, Character.toUpperCase(service.charAt(0)), service.substring(1)));
    return service.equals("identity")
        ? (SpringApplicationBuilder) application.getMethod("builder").invoke(null)
        : Services.builder(application, service).web(WebApplicationType.NONE);
  }

  /** What is other than in the service as it is shipped. */
  @Configuration(proxyBeanMethods = false)
  static class Alterations {
    @Bean
    InstantSource clock() {
      return Clock.at(Path.of(System.getProperty(CLOCK)));
    }

    @Bean
    static BeanPostProcessor flaw() {
      return new Breaking(Flaw.valueOf(System.getProperty(FLAW)));
    }
  }

  /** Breaks beans. */
  private record Breaking(Flaw flaw) implements BeanPostProcessor {
    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
      return switch (flaw) {
        case NONE -> bean;
        case FORGOTTEN_OPERATIONS, LOST_LINE -> AlteredCarts.broken(bean, flaw);
        case UNCHECKED_VERSION, EARLY_ANSWER, LOST_EVENT, LOST_LINK ->
            bean instanceof MongoClient client ? broken(client, flaw) : bean;
      };
    }
  }

  private static Object broken(MongoClient client, Flaw flaw) {
    return proxy(
        MongoClient.class,
        client,
        answer -> answer instanceof MongoDatabase database ? broken(database, flaw) : answer);
  }

  private static Object broken(MongoDatabase database, Flaw flaw) {
    return proxy(
        MongoDatabase.class,
        database,
        answer ->
            answer instanceof MongoCollection<?> collection
                ? broken(collection, flaw)
                : answer instanceof MongoDatabase same ? broken(same, flaw) : answer);
  }

  private static Object broken(MongoCollection<?> collection, Flaw flaw) {
    var name = collection.getNamespace().getCollectionName();
    var used =
        flaw == Flaw.EARLY_ANSWER
            ? collection.withWriteConcern(WriteConcern.W1.withJournal(false))
            : collection;
    return Proxy.newProxyInstance(
        MongoCollection.class.getClassLoader(),
        new Class<?>[] {MongoCollection.class},
        (proxy, method, arguments) -> {
          if (arguments != null && flaw == Flaw.UNCHECKED_VERSION && name.equals("levels")) {
            unchecked(method, arguments);
          }
          if (arguments != null
              && flaw == Flaw.LOST_EVENT
              && name.equals("feed")
              && method.getName().equals("insertMany")) {
            arguments[0] = without((List<?>) arguments[0]);
          }
          if (arguments != null
              && flaw == Flaw.LOST_LINK
              && name.equals("customers")
              && method.getName().equals("findOneAndUpdate")
              && arguments[1] instanceof Bson update) {
            arguments[1] = withOneIdentifier(update);
          }
          var answer = call(method, used, arguments);
          return answer instanceof MongoCollection<?> same ? broken(same, flaw) : answer;
        });
  }

  /** Takes the version out of the conditions of a write. */
  private static void unchecked(Method method, Object[] arguments) {
    if (method.getName().equals("updateOne") && arguments[0] instanceof Bson filter) {
      arguments[0] = unchecked(filter);
    } else if (method.getName().equals("bulkWrite")) {
      var models = new ArrayList<WriteModel<?>>();
      for (Object model : (List<?>) arguments[0]) {
        var update = model instanceof UpdateOneModel<?> one ? one.getUpdate() : null;
        models.add(
            model instanceof UpdateOneModel<?> one && update != null
                ? new UpdateOneModel<>(unchecked(one.getFilter()), update, one.getOptions())
                : (WriteModel<?>) model);
      }
      arguments[0] = models;
    }
  }

  private static Bson unchecked(Bson filter) {
    var conditions = document(filter);
    if (conditions.containsKey("$and")) {
      conditions.getArray("$and").forEach(one -> one.asDocument().remove("version"));
      conditions.getArray("$and").removeIf(one -> one.asDocument().isEmpty());
    }
    conditions.remove("version");
    return conditions;
  }

  /** Pages for the feed, now and then the first without its first event and without a gap there. */
  private static List<?> without(List<?> pages) {
    var page = (Document) pages.getFirst();
    long events = page.getList("eventId", String.class).size();
    if (ThreadLocalRandom.current().nextInt(EVENT_LOST_OF) > 0 || events < 2 || pages.size() > 1) {
      return pages;
    }
    var rest = new Document(page);
    rest.put("last", ((Number) page.get("last")).longValue() - 1);
    for (var field : List.of("eventId", "subject", "event")) {
      var all = page.getList(field, Object.class);
      rest.put(field, all.subList(1, all.size()));
    }
    return List.of(rest);
  }

  /** A change of a customer that keeps the first of her identifiers only. */
  private static Bson withOneIdentifier(Bson update) {
    var changes = document(update);
    if (changes.get("$set") instanceof BsonDocument set
        && set.get("identifiers") instanceof BsonArray all
        && all.size() > 1) {
      set.put("identifiers", new BsonArray(all.subList(0, 1)));
    }
    return changes;
  }

  private static BsonDocument document(Bson bson) {
    return bson.toBsonDocument(Document.class, MongoClientSettings.getDefaultCodecRegistry())
        .clone();
  }

  /** The same, with something made of each answer. */
  private static <T> Object proxy(
      Class<T> type, T target, UnaryOperator<@Nullable Object> afterwards) {
    InvocationHandler handler =
        (proxy, method, arguments) -> afterwards.apply(call(method, target, arguments));
    return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler);
  }

  private static @Nullable Object call(Method method, Object target, Object @Nullable [] arguments)
      throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getTargetException();
    }
  }
}
