package dev.filo.gateway.transcode;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Writes messages by proto's JSON mapping in lowerCamelCase. Fields without presence are always
 * there, so that a client sees empty lists, zeros and empty texts. Thread-safe.
 */
public final class MessageJson {
  private final JsonFormat.Printer printer;

  /** A writer that knows the types of all methods' messages, for what is packed in {@link Any}. */
  public MessageJson(List<ApiMethod> methods) {
    TypeRegistry.Builder types = TypeRegistry.newBuilder();
    for (ApiMethod each : methods) {
      types.add(each.descriptor().getInputType()).add(each.descriptor().getOutputType());
    }
    printer =
        JsonFormat.printer()
            .usingTypeRegistry(types.build())
            .alwaysPrintFieldsWithNoPresence()
            .omittingInsignificantWhitespace();
  }

  /** The message's JSON. */
  public String text(Message message) {
    try {
      return printer.print(message);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(
          "A " + message.getDescriptorForType().getFullName() + " cannot be written as JSON.", e);
    }
  }

  /** The message's JSON in UTF-8. */
  public byte[] bytes(Message message) {
    return text(message).getBytes(StandardCharsets.UTF_8);
  }
}
