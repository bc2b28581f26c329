package dev.filo.gateway.stream;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.Message;
import dev.filo.gateway.transcode.ApiMethod;
import dev.filo.gateway.transcode.MessageJson;
import org.jspecify.annotations.Nullable;

/**
 * How a stream's messages become events: a message with a oneof {@code change} is the member that
 * is set, any other is itself under its type's name.
 */
final class EventShape {
  private final @Nullable OneofDescriptor change;
  private final @Nullable FieldDescriptor cursor;
  private final String whole;
  private final MessageJson json;

  EventShape(ApiMethod method, MessageJson json) {
    Descriptor type = method.descriptor().getOutputType();
    this.json = json;
    this.change =
        type.getRealOneofs().stream()
            .filter(each -> each.getName().equals("change"))
            .findFirst()
            .orElse(null);
    String name = method.rule().getCursorField();
    this.cursor = name.isEmpty() ? null : method.responseString(name);
    if (!name.isEmpty() && cursor == null) {
      throw new IllegalStateException(
          "The rule of "
              + method.descriptor().getFullName()
              + " names the cursor_field "
              + name
              + ", which is no string field of "
              + type.getFullName()
              + ".");
    }
    this.whole = Character.toLowerCase(type.getName().charAt(0)) + type.getName().substring(1);
  }

  /** The event of a message. */
  Event of(int topic, Message message) {
    String at = cursor == null ? null : (String) message.getField(cursor);
    if (at != null && at.isEmpty()) {
      at = null;
    }
    if (change == null) {
      return new Event(topic, whole, json.text(message), at);
    }
    FieldDescriptor set = message.getOneofFieldDescriptor(change);
    if (set == null) {
      return new Event(topic, null, "{}", at);
    }
    return new Event(topic, set.getJsonName(), json.text((Message) message.getField(set)), at);
  }
}
