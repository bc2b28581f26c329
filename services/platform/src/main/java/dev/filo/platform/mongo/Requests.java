package dev.filo.platform.mongo;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.PushOptions;
import com.mongodb.client.model.Updates;
import com.mongodb.reactivestreams.client.MongoCollection;
import dev.filo.platform.code.Ids;
import dev.filo.platform.grpc.Statuses;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.bson.types.Binary;
import reactor.core.publisher.Mono;

/**
 * Requests an aggregate remembers: the id, what was asked and the answer, kept in the aggregate's
 * own document by the write that has the effect, so that neither can be there without the other.
 * The newest {@value #KEPT} are kept.
 */
public final class Requests {
  /** How many requests an aggregate remembers. */
  public static final int KEPT = 50;

  private static final String FIELD = "requests";

  private Requests() {}

  /** The filter's part that lets a write happen only if the request has not had its effect yet. */
  public static Bson notSeen(String requestId) {
    return requestId.isEmpty() ? Filters.empty() : Filters.ne(FIELD + ".id", requestId);
  }

  /** The update's part that remembers the request and its answer. Not for an empty request id. */
  public static Bson remember(String requestId, Message request, Message answer, Instant at) {
    return Updates.pushEach(
        FIELD,
        List.of(
            new Document("id", requestId)
                .append("hash", new Binary(hash(request)))
                .append("answer", new Binary(answer.toByteArray()))
                .append("time", Date.from(at))),
        new PushOptions().slice(-KEPT));
  }

  /**
   * The update's part that forgets a request which was refused after it had been remembered: it had
   * no effect, and asked again it is decided anew. Not together with {@link #remember}.
   */
  public static Bson forget(String requestId) {
    return Updates.pull(FIELD, new Document("id", requestId));
  }

  /**
   * The first answer to a request the document remembers; empty when it does not know it.
   *
   * @throws io.grpc.StatusRuntimeException ALREADY_EXISTS with REQUEST_ID_REUSED when the content
   *     differs
   */
  public static <T extends Message> Optional<T> answer(
      Document document, String requestId, Message request, Parser<T> parser) {
    if (requestId.isEmpty()) {
      return Optional.empty();
    }
    for (Document seen : Docs.list(document, FIELD)) {
      if (requestId.equals(seen.getString("id"))) {
        if (!Arrays.equals(Docs.bytes(seen, "hash"), hash(request))) {
          throw Statuses.requestIdReused();
        }
        try {
          return Optional.of(parser.parseFrom(Docs.bytes(seen, "answer")));
        } catch (InvalidProtocolBufferException e) {
          throw new IllegalStateException("a remembered answer cannot be read", e);
        }
      }
    }
    return Optional.empty();
  }

  /**
   * The first answer to a request that a stored document remembers, once a majority has it; empty
   * when there is no such document or it does not know the request.
   *
   * @throws io.grpc.StatusRuntimeException as {@link #answer}, as an error of the result
   */
  public static <T extends Message> Mono<T> remembered(
      MongoCollection<Document> collection,
      Object id,
      String requestId,
      Message request,
      Parser<T> parser) {
    return requestId.isEmpty()
        ? Mono.empty()
        : Mono.from(collection.find(Filters.eq("_id", id)).first())
            .flatMap(document -> Mono.justOrEmpty(answer(document, requestId, request, parser)))
            .delayUntil(answer -> Mongo.settled(collection, id));
  }

  /** What a request asks for, as a hash: its content without its id. */
  public static byte[] hash(Message request) {
    var builder = request.toBuilder();
    var id = request.getDescriptorForType().findFieldByName("request_id");
    if (id != null) {
      builder.clearField(id);
    }
    return Ids.sha256(bytes(builder.build()));
  }

  /** Always the same for the same content: a map's entries come in one order. */
  private static byte[] bytes(Message message) {
    var bytes = new byte[message.getSerializedSize()];
    var output = CodedOutputStream.newInstance(bytes);
    output.useDeterministicSerialization();
    try {
      message.writeTo(output);
    } catch (IOException e) {
      throw new UncheckedIOException("an array has room", e);
    }
    return bytes;
  }
}
