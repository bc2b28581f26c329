package dev.filo.gateway.transcode;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import java.math.BigDecimal;
import java.util.Base64;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Fields by name or path, and their values by text, as proto's JSON mapping writes them. */
final class Fields {
  private static final String NUMBER = "-?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]{1,3})?";
  private static final JsonFormat.Parser parser = JsonFormat.parser();
  private static final BigDecimal uint64Max = new BigDecimal("18446744073709551615");

  /** Messages whose JSON is one string, so that a query can carry them. */
  private static final Set<String> textual =
      Set.of(
          "google.protobuf.Timestamp",
          "google.protobuf.Duration",
          "google.protobuf.FieldMask",
          "google.protobuf.StringValue",
          "google.protobuf.BytesValue");

  /** Messages whose JSON is a plain number or boolean. */
  private static final Set<String> plain =
      Set.of(
          "google.protobuf.BoolValue",
          "google.protobuf.Int32Value",
          "google.protobuf.Int64Value",
          "google.protobuf.UInt32Value",
          "google.protobuf.UInt64Value",
          "google.protobuf.FloatValue",
          "google.protobuf.DoubleValue");

  private Fields() {}

  /** A value cannot be of the field's type; the message says why, for people. */
  static final class BadValue extends Exception {
    private static final long serialVersionUID = 1L;

    BadValue(String message) {
      super(message, null, false, false);
    }
  }

  /** A field by its JSON or proto name. */
  static @Nullable FieldDescriptor named(Descriptor type, String name) {
    FieldDescriptor field = type.findFieldByName(name);
    if (field != null) {
      return field;
    }
    for (FieldDescriptor each : type.getFields()) {
      if (each.getJsonName().equals(name)) {
        return each;
      }
    }
    return null;
  }

  /**
   * The field at the end of a path of names; nothing when a name is unknown or leads through a
   * list.
   */
  static @Nullable FieldDescriptor resolve(Descriptor type, String path) {
    FieldDescriptor field = null;
    Descriptor at = type;
    for (String name : path.split("\\.", -1)) {
      if (at == null) {
        return null;
      }
      field = named(at, name);
      if (field == null) {
        return null;
      }
      at =
          field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && !field.isRepeated()
              ? field.getMessageType()
              : null;
    }
    return field;
  }

  /** The builder that holds the path's last field, making the messages on the way. */
  static Message.Builder owner(Message.Builder root, String path) {
    Message.Builder at = root;
    String[] names = path.split("\\.", -1);
    for (int i = 0; i < names.length - 1; i++) {
      FieldDescriptor field =
          java.util.Objects.requireNonNull(named(at.getDescriptorForType(), names[i]));
      at = at.getFieldBuilder(field);
    }
    return at;
  }

  /** The path in lowerCamelCase JSON names. */
  static String jsonPath(Descriptor type, String path) {
    StringBuilder json = new StringBuilder();
    Descriptor at = type;
    for (String name : path.split("\\.", -1)) {
      FieldDescriptor field = at == null ? null : named(at, name);
      json.append(json.isEmpty() ? "" : ".").append(field == null ? name : field.getJsonName());
      at =
          field != null && field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
              ? field.getMessageType()
              : null;
    }
    return json.toString();
  }

  /**
   * Whether a text alone can be a value of the field: all but messages that JSON writes as objects.
   */
  static boolean isTextual(FieldDescriptor field) {
    return field.getJavaType() != FieldDescriptor.JavaType.MESSAGE
        || textual.contains(field.getMessageType().getFullName())
        || plain.contains(field.getMessageType().getFullName());
  }

  /** Whether the message's JSON is no object, so that JsonFormat reads it. */
  static boolean isWellKnown(Descriptor type) {
    return type.getFullName().startsWith("google.protobuf.")
        && !type.getFullName().equals("google.protobuf.Empty");
  }

  /** Reads one value from text. */
  static Object parse(FieldDescriptor field, String text, Message.Builder owner) throws BadValue {
    return switch (field.getJavaType()) {
      case STRING -> text;
      case BOOLEAN ->
          switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new BadValue("must be true or false");
          };
      case INT ->
          switch (field.getType()) {
            case UINT32, FIXED32 -> (int) whole(text, 0, 0xFFFF_FFFFL);
            default -> (int) whole(text, Integer.MIN_VALUE, Integer.MAX_VALUE);
          };
      case LONG ->
          switch (field.getType()) {
            case UINT64, FIXED64 -> unsigned(text);
            default -> whole(text, Long.MIN_VALUE, Long.MAX_VALUE);
          };
      case FLOAT -> {
        double value = real(text);
        if (Double.isFinite(value) && Math.abs(value) > Float.MAX_VALUE) {
          throw new BadValue("is out of range");
        }
        yield (float) value;
      }
      case DOUBLE -> real(text);
      case BYTE_STRING -> bytes(text);
      case ENUM -> enumeration(field, text);
      case MESSAGE -> {
        Message.Builder value = owner.newBuilderForField(field);
        String type = field.getMessageType().getFullName();
        wellKnown(
            value, textual.contains(type) ? JsonMapper.shared().writeValueAsString(text) : text);
        yield value.build();
      }
    };
  }

  /** Reads a well-known message from its JSON. */
  static void wellKnown(Message.Builder value, String json) throws BadValue {
    try {
      parser.merge(json, value);
    } catch (InvalidProtocolBufferException | RuntimeException e) {
      throw new BadValue(
          switch (value.getDescriptorForType().getFullName()) {
            case "google.protobuf.Timestamp" ->
                "must be a time such as \"2026-11-28T19:00:00Z\" (RFC 3339)";
            case "google.protobuf.Duration" -> "must be a duration in seconds such as \"3.5s\"";
            case "google.protobuf.FieldMask" ->
                "must be field names with commas such as \"givenName,place\"";
            case "google.protobuf.BoolValue" -> "must be true or false";
            default -> "is not a " + value.getDescriptorForType().getName();
          });
    }
  }

  private static long whole(String text, long least, long most) throws BadValue {
    BigDecimal value = number(text);
    try {
      long whole = value.longValueExact();
      if (whole < least || whole > most) {
        throw new BadValue("must be between " + least + " and " + most);
      }
      return whole;
    } catch (ArithmeticException e) {
      throw new BadValue("must be a whole number between " + least + " and " + most);
    }
  }

  private static long unsigned(String text) throws BadValue {
    BigDecimal value = number(text);
    try {
      if (value.signum() < 0 || value.compareTo(uint64Max) > 0) {
        throw new BadValue("must be between 0 and " + uint64Max);
      }
      return value.toBigIntegerExact().longValue();
    } catch (ArithmeticException e) {
      throw new BadValue("must be a whole number");
    }
  }

  private static BigDecimal number(String text) throws BadValue {
    // Longer texts are no numbers of ours, and 1e999999999 must not be expanded.
    if (text.length() > 40 || !text.matches(NUMBER)) {
      throw new BadValue("must be a number");
    }
    return new BigDecimal(text);
  }

  private static double real(String text) throws BadValue {
    if (text.equals("NaN") || text.equals("Infinity") || text.equals("-Infinity")) {
      return Double.parseDouble(text);
    }
    if (text.length() > 400 || !text.matches(NUMBER)) {
      throw new BadValue("must be a number");
    }
    double value = Double.parseDouble(text);
    if (Double.isInfinite(value)) {
      throw new BadValue("is out of range");
    }
    return value;
  }

  private static ByteString bytes(String text) throws BadValue {
    try {
      String standard = text.replace('-', '+').replace('_', '/');
      return ByteString.copyFrom(Base64.getDecoder().decode(standard));
    } catch (IllegalArgumentException e) {
      throw new BadValue("must be base64");
    }
  }

  private static EnumValueDescriptor enumeration(FieldDescriptor field, String text)
      throws BadValue {
    EnumValueDescriptor value = field.getEnumType().findValueByName(text);
    if (value == null && text.matches("-?[0-9]{1,9}")) {
      value = field.getEnumType().findValueByNumber(Integer.parseInt(text));
    }
    if (value == null) {
      throw new BadValue(
          "must be one of "
              + String.join(
                  ", ",
                  field.getEnumType().getValues().stream()
                      .filter(each -> each.getNumber() != 0)
                      .map(EnumValueDescriptor::getName)
                      .toList()));
    }
    return value;
  }
}
