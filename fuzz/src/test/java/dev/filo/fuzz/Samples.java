package dev.filo.fuzz;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;

/** A message with something in every field. */
final class Samples {
  private static final int DEPTH_MAX = 4;

  private Samples() {}

  static Message of(Message type) {
    return filled(type.newBuilderForType(), 0).build();
  }

  private static Message.Builder filled(Message.Builder message, int depth) {
    for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
      if (field.isMapField()
          || (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && depth >= DEPTH_MAX)) {
        continue;
      }
      var value =
          field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
              ? filled(message.newBuilderForField(field), depth + 1).build()
              : value(field);
      if (field.isRepeated()) {
        message.addRepeatedField(field, value);
      } else {
        message.setField(field, value);
      }
    }
    return message;
  }

  private static Object value(FieldDescriptor field) {
    return switch (field.getJavaType()) {
      case INT -> 1;
      case LONG -> 1L;
      case FLOAT -> 1.5f;
      case DOUBLE -> 1.5;
      case BOOLEAN -> true;
      case STRING -> field.getName().equals("store") ? "stores/a" : "abc";
      case BYTE_STRING -> ByteString.copyFromUtf8("abc");
      case ENUM -> field.getEnumType().getValues().getLast();
      case MESSAGE -> throw new IllegalStateException("filled by itself");
    };
  }
}
