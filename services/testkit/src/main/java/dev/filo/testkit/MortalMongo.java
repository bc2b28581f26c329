package dev.filo.testkit;

import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A database as a process sees it that dies with its n-th write, after it was done. */
public final class MortalMongo {
  private static final Set<String> WRITES =
      Set.of(
          "insertOne",
          "insertMany",
          "updateOne",
          "updateMany",
          "replaceOne",
          "findOneAndUpdate",
          "deleteOne",
          "deleteMany");

  private final int at;
  private final AtomicInteger writes = new AtomicInteger();

  /** Dies after this many writes, counted from 1. */
  public MortalMongo(int at) {
    this.at = at;
  }

  /** True once it is dead: it came that far. */
  public boolean died() {
    return writes.get() >= at;
  }

  /** The database as that process sees it. */
  public MongoDatabase wrap(MongoDatabase database) {
    return (MongoDatabase)
        Proxy.newProxyInstance(
            MongoDatabase.class.getClassLoader(),
            new Class<?>[] {MongoDatabase.class},
            (proxy, method, arguments) -> {
              var result = invoke(database, method, arguments);
              return result instanceof MongoCollection<?> collection ? wrap(collection) : result;
            });
  }

  private Object wrap(MongoCollection<?> collection) {
    return Proxy.newProxyInstance(
        MongoCollection.class.getClassLoader(),
        new Class<?>[] {MongoCollection.class},
        (proxy, method, arguments) ->
            WRITES.contains(method.getName())
                ? Flux.defer(() -> write(collection, method, arguments))
                : invoke(collection, method, arguments));
  }

  private Flux<?> write(MongoCollection<?> collection, Method method, Object[] arguments) {
    int n = writes.incrementAndGet();
    var dead = new IllegalStateException("died at write " + at);
    if (n > at) {
      return Flux.error(dead);
    }
    var done = Flux.from((Publisher<?>) invoke(collection, method, arguments));
    return n == at ? done.then(Mono.error(dead)).flux() : done;
  }

  private static Object invoke(Object target, Method method, Object[] arguments) {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw new IllegalStateException(e.getCause());
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }
}
