package dev.filo.gateway.openapi;

import build.buf.validate.FieldRules;
import build.buf.validate.ValidateProto;
import com.google.api.FieldBehavior;
import com.google.api.FieldBehaviorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * JSON schemas of messages, with the comments as descriptions and the validation rules that a
 * schema can say.
 */
final class Schemas {
  private static final Map<String, String> KEYWORDS =
      Map.ofEntries(
          Map.entry("min_len", "minLength"),
          Map.entry("max_len", "maxLength"),
          Map.entry("pattern", "pattern"),
          Map.entry("in", "enum"),
          Map.entry("gte", "minimum"),
          Map.entry("lte", "maximum"),
          Map.entry("gt", "exclusiveMinimum"),
          Map.entry("lt", "exclusiveMaximum"),
          Map.entry("min_items", "minItems"),
          Map.entry("max_items", "maxItems"),
          Map.entry("min_pairs", "minProperties"),
          Map.entry("max_pairs", "maxProperties"));

  private final Comments comments;
  private final Map<String, Object> components = new TreeMap<>();

  Schemas(Comments comments) {
    this.comments = comments;
  }

  /** The schemas referred to so far, by name. */
  Map<String, Object> components() {
    return components;
  }

  /** A reference to a message's schema. */
  Map<String, Object> reference(Descriptor type) {
    Map<String, Object> known = wellKnown(type);
    if (known != null) {
      return known;
    }
    String name = name(type.getFullName());
    if (!components.containsKey(name)) {
      components.put(name, Map.of()); // A message may contain itself.
      components.put(name, object(type, Set.of()));
    }
    return new LinkedHashMap<>(Map.of("$ref", "#/components/schemas/" + name));
  }

  /** A message's schema without some of its fields. */
  Map<String, Object> object(Descriptor type, Set<FieldDescriptor> without) {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "object");
    String comment = comments.of(type.getFullName());
    List<String> choices = new ArrayList<>();
    for (OneofDescriptor each : type.getRealOneofs()) {
      choices.add(
          "At most one of "
              + String.join(
                  ", ", each.getFields().stream().map(FieldDescriptor::getJsonName).toList())
              + ".");
    }
    String description =
        String.join(" ", choices.isEmpty() ? List.of(comment) : with(comment, choices));
    if (!description.isBlank()) {
      schema.put("description", description.strip());
    }
    Map<String, Object> properties = new LinkedHashMap<>();
    List<String> required = new ArrayList<>();
    for (FieldDescriptor each : type.getFields()) {
      if (!without.contains(each)) {
        properties.put(each.getJsonName(), field(each));
        if (isRequired(each)) {
          required.add(each.getJsonName());
        }
      }
    }
    schema.put("properties", properties);
    if (!required.isEmpty()) {
      schema.put("required", required);
    }
    return schema;
  }

  private static List<String> with(String first, List<String> rest) {
    List<String> all = new ArrayList<>();
    all.add(first);
    all.addAll(rest);
    return all;
  }

  /** Whether a request must have the field. */
  static boolean isRequired(FieldDescriptor field) {
    return field
        .getOptions()
        .getExtension(FieldBehaviorProto.fieldBehavior)
        .contains(FieldBehavior.REQUIRED);
  }

  /** A field's schema with its description and rules. */
  Map<String, Object> field(FieldDescriptor field) {
    FieldRules rules = field.getOptions().getExtension(ValidateProto.field);
    Map<String, Object> schema = new LinkedHashMap<>();
    if (field.isMapField()) {
      schema.put("type", "object");
      schema.put("additionalProperties", single(field.getMessageType().findFieldByName("value")));
      rules(rules, schema);
    } else if (field.isRepeated()) {
      schema.put("type", "array");
      Map<String, Object> items = single(field);
      if (rules.hasRepeated() && rules.getRepeated().hasItems()) {
        rules(rules.getRepeated().getItems(), items);
      }
      schema.put("items", items);
      rules(rules, schema);
    } else {
      schema.putAll(single(field));
      rules(rules, schema);
    }
    String comment = comments.of(field.getFullName());
    if (!comment.isEmpty()) {
      schema.put("description", comment);
    }
    return schema;
  }

  private Map<String, Object> single(FieldDescriptor field) {
    Map<String, Object> schema = new LinkedHashMap<>();
    switch (field.getJavaType()) {
      case STRING -> schema.put("type", "string");
      case BOOLEAN -> schema.put("type", "boolean");
      case INT -> {
        schema.put("type", "integer");
        schema.put("format", "int32");
      }
      case LONG -> {
        schema.put("type", "string");
        schema.put("format", "int64");
      }
      case FLOAT, DOUBLE -> {
        schema.put("type", "number");
        schema.put(
            "format", field.getJavaType() == FieldDescriptor.JavaType.FLOAT ? "float" : "double");
      }
      case BYTE_STRING -> {
        schema.put("type", "string");
        schema.put("contentEncoding", "base64");
      }
      case ENUM -> schema.putAll(enumeration(field.getEnumType()));
      case MESSAGE -> schema.putAll(reference(field.getMessageType()));
    }
    return schema;
  }

  private Map<String, Object> enumeration(EnumDescriptor type) {
    String name = name(type.getFullName());
    if (!components.containsKey(name)) {
      Map<String, Object> schema = new LinkedHashMap<>();
      schema.put("type", "string");
      schema.put("enum", type.getValues().stream().map(EnumValueDescriptor::getName).toList());
      StringBuilder text = new StringBuilder(comments.of(type.getFullName()));
      for (EnumValueDescriptor each : type.getValues()) {
        text.append("\n- `").append(each.getName()).append("`: ");
        text.append(comments.of(type.getFullName() + "." + each.getName()));
      }
      schema.put("description", text.toString());
      components.put(name, schema);
    }
    return Map.of("$ref", "#/components/schemas/" + name);
  }

  /** Says the rules a schema can say; the comments say the others. */
  private static void rules(FieldRules rules, Map<String, Object> schema) {
    FieldDescriptor set =
        rules.getOneofFieldDescriptor(
            FieldRules.getDescriptor().getRealOneofs().stream()
                .filter(each -> each.getName().equals("type"))
                .findFirst()
                .orElseThrow());
    if (set == null || !(rules.getField(set) instanceof Message typed)) {
      return;
    }
    typed
        .getAllFields()
        .forEach(
            (rule, value) -> {
              String keyword = KEYWORDS.get(rule.getName());
              if (keyword != null
                  && !(value instanceof Message) // bounds of a time: a schema's are numbers
                  && !schema.containsKey("$ref")) {
                schema.put(keyword, value instanceof Long whole ? whole : value);
              } else if (rule.getName().equals("email") && Boolean.TRUE.equals(value)) {
                schema.put("format", "email");
              }
            });
  }

  private static String name(String fullName) {
    return fullName.startsWith("filo.") ? fullName.substring("filo.".length()) : fullName;
  }

  private static @org.jspecify.annotations.Nullable Map<String, Object> wellKnown(Descriptor type) {
    return switch (type.getFullName()) {
      case "google.protobuf.Timestamp" -> text("date-time", "2026-11-28T19:00:00Z");
      case "google.protobuf.Duration" -> text("", "3.5s");
      case "google.protobuf.FieldMask" -> text("", "givenName,place");
      case "google.protobuf.StringValue" -> text("", "");
      case "google.protobuf.BoolValue" -> new LinkedHashMap<>(Map.of("type", "boolean"));
      case "google.protobuf.Int32Value", "google.protobuf.UInt32Value" ->
          new LinkedHashMap<>(Map.of("type", "integer"));
      case "google.protobuf.DoubleValue", "google.protobuf.FloatValue" ->
          new LinkedHashMap<>(Map.of("type", "number"));
      case "google.protobuf.Int64Value", "google.protobuf.UInt64Value" -> text("int64", "");
      case "google.protobuf.Struct", "google.protobuf.Any" ->
          new LinkedHashMap<>(Map.of("type", "object"));
      case "google.protobuf.Value" -> new LinkedHashMap<>();
      default -> null;
    };
  }

  private static Map<String, Object> text(String format, String example) {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "string");
    if (!format.isEmpty()) {
      schema.put("format", format);
    }
    if (!example.isEmpty()) {
      schema.put("examples", List.of(example));
    }
    return schema;
  }
}
