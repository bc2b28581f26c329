package dev.filo.platform.mongo;

import com.mongodb.RequestContext;
import com.mongodb.event.CommandFailedEvent;
import com.mongodb.event.CommandListener;
import com.mongodb.event.CommandStartedEvent;
import com.mongodb.event.CommandSucceededEvent;
import com.mongodb.reactivestreams.client.ReactiveContextProvider;
import dev.filo.telemetry.trace.Traces;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import reactor.core.CoreSubscriber;

/**
 * A span for each command that is sent for something traced: the command's name and the
 * collection's, never what is looked for or written. What the commands of an operation are for
 * comes through Reactor's context.
 */
final class MongoSpans implements CommandListener, ReactiveContextProvider {
  private static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("db.system.name");
  private static final AttributeKey<String> OPERATION = AttributeKey.stringKey("db.operation.name");
  private static final AttributeKey<String> NAMESPACE = AttributeKey.stringKey("db.namespace");
  private static final AttributeKey<String> COLLECTION =
      AttributeKey.stringKey("db.collection.name");

  private final Traces traces;
  private final Map<Integer, Span> open = new ConcurrentHashMap<>();

  MongoSpans(Traces traces) {
    this.traces = traces;
  }

  @Override
  public @Nullable RequestContext getContext(Subscriber<?> subscriber) {
    Context traced =
        subscriber instanceof CoreSubscriber<?> core
            ? core.currentContext().getOrDefault(Traces.KEY, null)
            : null;
    return traced == null || !Span.fromContext(traced).isRecording() ? null : new Request(traced);
  }

  @Override
  public void commandStarted(CommandStartedEvent event) {
    var context = event.getRequestContext();
    Context parent = context == null ? null : context.getOrDefault(Traces.KEY, null);
    if (parent == null || !Traces.takeCommand(parent)) {
      return;
    }
    var name = event.getCommandName();
    var command = event.getCommand();
    var target = command.get(name.equals("getMore") ? "collection" : name);
    var collection = target != null && target.isString() ? target.asString().getValue() : "";
    open.put(
        event.getRequestId(),
        traces
            .span(collection.isEmpty() ? name : name + " " + collection, SpanKind.CLIENT, parent)
            .setAttribute(SYSTEM, "mongodb")
            .setAttribute(OPERATION, name)
            .setAttribute(NAMESPACE, event.getDatabaseName())
            .setAttribute(COLLECTION, collection)
            .startSpan());
  }

  @Override
  public void commandSucceeded(CommandSucceededEvent event) {
    end(event.getRequestId(), false);
  }

  @Override
  public void commandFailed(CommandFailedEvent event) {
    end(event.getRequestId(), true);
  }

  private void end(int request, boolean failed) {
    var span = open.isEmpty() ? null : open.remove(request);
    if (span != null) {
      if (failed) {
        span.setStatus(StatusCode.ERROR);
      }
      span.end();
    }
  }

  /** What the driver hands on from an operation to its commands. */
  private static final class Request implements RequestContext {
    private final Map<Object, Object> values = new ConcurrentHashMap<>();

    Request(Context traced) {
      values.put(Traces.KEY, traced);
    }

    @Override
    @SuppressWarnings({
      "unchecked",
      "TypeParameterUnusedInFormals"
    }) // as the interface has it: each key says what its value is
    public <T> T get(Object key) {
      var value = values.get(key);
      if (value == null) {
        throw new java.util.NoSuchElementException(key.toString());
      }
      return (T) value;
    }

    @Override
    public boolean hasKey(Object key) {
      return values.containsKey(key);
    }

    @Override
    public boolean isEmpty() {
      return values.isEmpty();
    }

    @Override
    public void put(Object key, Object value) {
      values.put(key, value);
    }

    @Override
    public void delete(Object key) {
      values.remove(key);
    }

    @Override
    public int size() {
      return values.size();
    }

    @Override
    public Stream<Map.Entry<Object, Object>> stream() {
      return values.entrySet().stream();
    }
  }
}
