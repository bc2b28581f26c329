package dev.filo.gateway.transcode;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.filo.gateway.problem.Problem;
import dev.filo.gateway.problem.Problem.Violation;
import dev.filo.gateway.transcode.Fields.BadValue;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads a message from JSON by proto's JSON mapping, strictly: what is not JSON, a name that comes
 * twice or that the message does not know is JSON_INVALID; values of the wrong kind are
 * FIELDS_INVALID, all of them, each with its path.
 */
final class JsonBody {
  private static final int DEPTH_MAX = 32; // The deepest documented request has 5 levels.
  private static final int VIOLATIONS_MAX = 50; // More help nobody.

  private static final JsonMapper mapper =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(DEPTH_MAX)
                          .maxNumberLength(400)
                          .build())
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private final List<Violation> violations = new ArrayList<>();

  private JsonBody() {}

  /** Merges a body into a message; an empty body says nothing. */
  static void read(ByteString body, Message.Builder into, String path) {
    if (body.isEmpty()) {
      return;
    }
    JsonNode node = parse(body);
    JsonBody reader = new JsonBody();
    if (!node.isObject()) {
      throw invalid(
          path.isEmpty() ? "The body must be a JSON object." : path + " must be an object.");
    }
    reader.object(node, into, path);
    if (!reader.violations.isEmpty()) {
      throw Problem.fields(reader.violations).exception();
    }
  }

  private static JsonNode parse(ByteString body) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(body.asReadOnlyByteBuffer()).toString();
    } catch (CharacterCodingException e) {
      throw invalid("The body is not UTF-8.");
    }
    try {
      JsonNode node = mapper.readTree(text);
      if (node == null || node.isMissingNode()) {
        throw invalid("The body is not JSON.");
      }
      return node;
    } catch (StreamConstraintsException e) {
      throw invalid(
          "The body is nested deeper than " + DEPTH_MAX + " levels, or a number is too long.");
    } catch (JacksonException e) {
      TokenStreamLocation at = e.getLocation();
      String where =
          at == null || at.getLineNr() < 1
              ? ""
              : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
      throw invalid("The body is not JSON" + where + ".");
    } catch (NumberFormatException e) { // Jackson's own, for an exponent beyond all bounds
      throw invalid("The body has a number that is out of range.");
    }
  }

  private void object(JsonNode node, Message.Builder into, String path) {
    Set<FieldDescriptor> seen = new HashSet<>();
    for (Map.Entry<String, JsonNode> each : node.properties()) {
      String at = path.isEmpty() ? each.getKey() : path + "." + each.getKey();
      FieldDescriptor field = Fields.named(into.getDescriptorForType(), each.getKey());
      if (field == null) {
        throw Problem.of(400, "JSON_INVALID", "The body has the unknown field «" + at + "».")
            .with("field", at)
            .exception();
      }
      if (!seen.add(field)) {
        throw invalid("The body has " + at + " twice.");
      }
      if (each.getValue().isNull() && !isValue(field)) {
        continue;
      }
      if (field.getRealContainingOneof() != null
          && into.getOneofFieldDescriptor(field.getRealContainingOneof()) != null) {
        violation(at, "only one of the alternatives may be given");
        continue;
      }
      if (field.isMapField()) {
        map(field, each.getValue(), into, at);
      } else if (field.isRepeated()) {
        list(field, each.getValue(), into, at);
      } else {
        Object value = value(field, each.getValue(), into, at);
        if (value != null) {
          into.setField(field, value);
        }
      }
    }
  }

  private void list(FieldDescriptor field, JsonNode node, Message.Builder into, String path) {
    if (!node.isArray()) {
      violation(path, "must be an array");
      return;
    }
    int index = 0;
    for (JsonNode each : node) {
      String at = path + "[" + index++ + "]";
      if (each.isNull()) {
        violation(at, "must not be null");
        continue;
      }
      Object value = value(field, each, into, at);
      if (value != null) {
        into.addRepeatedField(field, value);
      }
    }
  }

  private void map(FieldDescriptor field, JsonNode node, Message.Builder into, String path) {
    if (!node.isObject()) {
      violation(path, "must be an object");
      return;
    }
    FieldDescriptor keyField = field.getMessageType().findFieldByNumber(1);
    FieldDescriptor valueField = field.getMessageType().findFieldByNumber(2);
    for (Map.Entry<String, JsonNode> each : node.properties()) {
      String at = path + "[\"" + each.getKey() + "\"]";
      Message.Builder entry = into.newBuilderForField(field);
      Object value = value(valueField, each.getValue(), entry, at);
      if (value == null) {
        continue;
      }
      try {
        entry.setField(keyField, Fields.parse(keyField, each.getKey(), entry));
        entry.setField(valueField, value);
        into.addRepeatedField(field, entry.build());
      } catch (BadValue e) {
        violation(at, "has a key that " + e.getMessage());
      }
    }
  }

  /** One value; nothing after a violation. */
  private @Nullable Object value(
      FieldDescriptor field, JsonNode node, Message.Builder owner, String path) {
    try {
      if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
        Message.Builder value = owner.newBuilderForField(field);
        if (Fields.isWellKnown(field.getMessageType())) {
          Fields.wellKnown(value, mapper.writeValueAsString(node));
        } else if (node.isObject()) {
          object(node, value, path);
        } else {
          throw new BadValue("must be an object");
        }
        return value.build();
      }
      if (node.isContainer()) {
        throw new BadValue("must be a single value");
      }
      boolean text = node.isString();
      switch (field.getJavaType()) {
        case STRING, BYTE_STRING -> {
          if (!text) {
            throw new BadValue("must be a string");
          }
        }
        case BOOLEAN -> {
          if (!node.isBoolean()) {
            throw new BadValue("must be true or false");
          }
        }
        case INT, LONG, FLOAT, DOUBLE -> {
          if (!text && !node.isNumber()) {
            throw new BadValue("must be a number");
          }
        }
        case ENUM -> {
          if (isNullValue(field.getEnumType())) {
            return field.getEnumType().getValues().getFirst();
          }
          if (!text && !node.isIntegralNumber()) {
            throw new BadValue("must be one of the enum's names");
          }
        }
        case MESSAGE -> throw new IllegalStateException("messages are dealt with above");
      }
      return Fields.parse(field, text ? node.stringValue() : node.asString(), owner);
    } catch (BadValue e) {
      violation(path, String.valueOf(e.getMessage()));
      return null;
    }
  }

  private void violation(String path, String description) {
    if (violations.size() < VIOLATIONS_MAX) {
      violations.add(new Violation(path, description));
    }
  }

  private static boolean isValue(FieldDescriptor field) {
    return field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
        && field.getMessageType().getFullName().equals("google.protobuf.Value");
  }

  private static boolean isNullValue(EnumDescriptor type) {
    return type.getFullName().equals("google.protobuf.NullValue");
  }

  private static RuntimeException invalid(String detail) {
    return Problem.of(400, "JSON_INVALID", detail).exception();
  }
}
