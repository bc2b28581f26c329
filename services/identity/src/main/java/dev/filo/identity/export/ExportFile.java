package dev.filo.identity.export;

import com.google.protobuf.ByteString;
import dev.filo.identity.service.Participants;
import dev.filo.proto.privacy.v1.ExportResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.bson.Document;
import org.bson.json.JsonWriterSettings;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Writes all that the services hold about a person into a zip, as it comes and as fast as it is
 * read: nothing is kept anywhere. First each service's documents, then a page to read, at the end
 * {@code contents.json}, which says how many documents there are of each service.
 */
public final class ExportFile {
  private static final String PAGE = "index.html";

  private final Participants participants;
  private final InstantSource clock;

  /** Files of what these hold. */
  public ExportFile(Participants participants, InstantSource clock) {
    this.participants = participants;
    this.clock = clock;
  }

  /**
   * The file, in pieces. An error when a service cannot say what it holds.
   *
   * @param customers all her names
   * @param language of the page: {@code it} or {@code en}
   */
  public Flux<ByteString> of(List<String> customers, String language) {
    return Flux.defer(() -> file(customers, ReadablePage.in(language)))
        .filter(piece -> !piece.isEmpty());
  }

  private Flux<ByteString> file(List<String> customers, ReadablePage page) {
    var zip = new Zip();
    var counts = new LinkedHashMap<String, Integer>();
    var now = clock.instant();
    var documents =
        Flux.fromIterable(participants.services())
            .concatMap(
                service -> {
                  counts.put(service, 0);
                  return participants
                      .export(service, customers)
                      .map(
                          part -> {
                            counts.merge(service, 1, Integer::sum);
                            return zip.entry(
                                service + "/" + part.getName() + ".json", part.getJson());
                          });
                });
    // Asked for once more, so that neither the documents nor the page have to be kept meanwhile.
    var readable =
        Flux.concat(
            Mono.fromCallable(() -> zip.open(PAGE, page.begin(now))),
            Flux.fromIterable(participants.services())
                .concatMap(
                    service ->
                        Flux.concat(
                            Mono.fromCallable(() -> zip.more(page.service(service))),
                            participants
                                .export(service, customers)
                                .map(part -> zip.more(page.part(document(part)))))),
            Mono.fromCallable(() -> zip.close(page.end())));
    var contents =
        Mono.fromCallable(
            () ->
                zip.entry(
                        "contents.json",
                        new Document("time", now.toString())
                            .append("complete", true)
                            .append(
                                "documents",
                                new Document(new LinkedHashMap<String, Object>(counts)))
                            .toJson(JsonWriterSettings.builder().indent(true).build()))
                    .concat(zip.finish()));
    return Flux.concat(documents, readable, contents);
  }

  private static Map<String, Object> document(ExportResponse part) {
    return Document.parse(part.getJson());
  }

  /** A zip under way; each call gives the bytes that are new since the one before. */
  private static final class Zip {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final ZipOutputStream out = new ZipOutputStream(bytes, StandardCharsets.UTF_8);

    ByteString entry(String name, String text) {
      return open(name, text).concat(close(""));
    }

    ByteString open(String name, String text) {
      return write(
          () -> {
            out.putNextEntry(new ZipEntry(name));
            out.write(text.getBytes(StandardCharsets.UTF_8));
          });
    }

    ByteString more(String text) {
      return write(() -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    ByteString close(String text) {
      return write(
          () -> {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.closeEntry();
          });
    }

    ByteString finish() {
      return write(out::finish);
    }

    private ByteString write(Step step) {
      try {
        step.run();
      } catch (IOException e) {
        throw new UncheckedIOException("memory takes whatever it is given", e);
      }
      var written = ByteString.copyFrom(bytes.toByteArray());
      bytes.reset();
      return written;
    }

    private interface Step {
      void run() throws IOException;
    }
  }
}
