package dev.filo.platform.privacy;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Internal;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.filo.proto.api.v1.Personal;
import dev.filo.proto.feed.v1.Event;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes what is personal out of events and leaves the rest: the fields that their protos mark as
 * personal. Of an event it does not know nothing but its envelope is left.
 */
public final class Redaction {
  private static final String PROTO = "filo.";
  private static final String JAVA = "dev.filo.proto.";

  private Redaction() {}

  /** The event without anything personal; its id, type, subject and time stay. */
  public static Event of(Event event) {
    var redacted = ((Event) without(event)).toBuilder();
    var data = event.getData();
    var type = data.getTypeUrl().substring(data.getTypeUrl().lastIndexOf('/') + 1);
    var prototype = prototype(type);
    if (prototype == null) {
      return redacted.setData(data.toBuilder().setValue(ByteString.EMPTY)).build();
    }
    try {
      return redacted
          .setData(Any.pack(without(prototype.getParserForType().parseFrom(data.getValue()))))
          .build();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("an event of ours cannot be read", e);
    }
  }

  /** By the class that was generated for it; null for a type there is none of any more. */
  private static @Nullable Message prototype(String type) {
    if (!type.startsWith(PROTO)) {
      return null;
    }
    try {
      return Internal.getDefaultInstance(
          Class.forName(JAVA + type.substring(PROTO.length())).asSubclass(Message.class));
    } catch (ClassNotFoundException gone) {
      return null;
    }
  }

  private static Message without(Message message) {
    var builder = message.toBuilder();
    for (var entry : message.getAllFields().entrySet()) {
      var field = entry.getKey();
      if (field.getOptions().getExtension(Personal.personal)) {
        builder.clearField(field);
      } else if (isPlainMessage(field)) {
        builder.setField(
            field,
            entry.getValue() instanceof List<?> list
                ? list.stream().map(one -> without((Message) one)).toList()
                : without((Message) entry.getValue()));
      }
    }
    return builder.build();
  }

  private static boolean isPlainMessage(FieldDescriptor field) {
    return field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && !field.isMapField();
  }
}
