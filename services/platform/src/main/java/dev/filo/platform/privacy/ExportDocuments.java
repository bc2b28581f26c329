package dev.filo.platform.privacy;

import dev.filo.platform.feed.Outbox;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.bson.Document;
import org.bson.json.JsonMode;
import org.bson.json.JsonWriterSettings;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/**
 * What is stored, as documents of an export: all fields but those that are only about how it is
 * stored, times as RFC 3339 says.
 */
public final class ExportDocuments {
  private static final int TOGETHER = 200;
  // Events and answers that say again what the other fields say, and packed or hashed bytes.
  private static final Set<String> TECHNICAL =
      Set.of("requests", Outbox.FIELD, Outbox.SINCE, "event", "requestHash", "operations", "hash");
  private static final JsonWriterSettings PLAIN =
      JsonWriterSettings.builder()
          .outputMode(JsonMode.RELAXED)
          .indent(true)
          .dateTimeConverter(
              (millis, writer) -> writer.writeString(Instant.ofEpochMilli(millis).toString()))
          .objectIdConverter((id, writer) -> writer.writeString(id.toHexString()))
          .build();

  private ExportDocuments() {}

  /** Things of one kind, some hundred in a document: {@code messages-1}, {@code messages-2}. */
  public static Flux<PersonalData.Part> of(String kind, Publisher<Document> things) {
    return Flux.from(things)
        .map(ExportDocuments::plain)
        .buffer(TOGETHER)
        .index(
            (index, some) ->
                new PersonalData.Part(
                    kind + "-" + (index + 1), new Document(kind, some).toJson(PLAIN)));
  }

  private static Document plain(Document stored) {
    var plain = new Document();
    stored.forEach(
        (field, value) -> {
          if (!TECHNICAL.contains(field)) {
            plain.append(field.equals("_id") ? "id" : field, plain(value));
          }
        });
    return plain;
  }

  private static Object plain(Object value) {
    return switch (value) {
      case Document document -> plain(document);
      case List<?> list -> {
        var plain = new ArrayList<Object>();
        list.forEach(one -> plain.add(plain(one)));
        yield plain;
      }
      default -> value;
    };
  }
}
