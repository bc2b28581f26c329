package dev.filo.testkit;

import build.buf.validate.FieldRules;
import build.buf.validate.StringRules;
import build.buf.validate.ValidateProto;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A request with one field broken against a rule the API states for it. The rules are read from the
 * API itself, so a new field is tried as soon as it has one.
 *
 * @param what what is wrong, in words
 * @param field the field's path: {@code lines[0].sku}
 */
public record Malformed(String what, String field, Message request) {

  /**
   * A request that is right with each of its fields broken, one at a time and in every way its
   * rules forbid, and the fields of what it holds.
   */
  public static List<Malformed> of(Message right) {
    return of("", right);
  }

  /** The same request without a field; for what is required by no rule of the field's own. */
  public static Malformed without(Message right, String field) {
    return new Malformed(
        "no " + field, field, clear(right, right.getDescriptorForType().findFieldByName(field)));
  }

  /** The fields a refusal names, with a space between. */
  public static String fields(StatusRuntimeException refused) {
    var status = StatusProto.fromThrowable(refused);
    var named = new ArrayList<BadRequest.FieldViolation>();
    if (status != null) {
      for (var detail : status.getDetailsList()) {
        if (detail.is(BadRequest.class)) {
          try {
            named.addAll(detail.unpack(BadRequest.class).getFieldViolationsList());
          } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
          }
        }
      }
    }
    return named.stream().map(BadRequest.FieldViolation::getField).collect(Collectors.joining(" "));
  }

  private static List<Malformed> of(String path, Message right) {
    var all = new ArrayList<Malformed>();
    for (FieldDescriptor field : right.getDescriptorForType().getFields()) {
      var rules = field.getOptions().getExtension(ValidateProto.field);
      var name = path + field.getName();
      if (field.isRepeated()) {
        repeated(all, name, right, field, rules);
      } else if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
        if (rules.getRequired()) {
          all.add(new Malformed(name + " missing", name, clear(right, field)));
        }
        if (right.hasField(field)) {
          for (Malformed inner : of(name + ".", (Message) right.getField(field))) {
            all.add(new Malformed(inner.what, inner.field, set(right, field, inner.request)));
          }
        }
      } else {
        for (Object value : wrong(field, rules)) {
          all.add(new Malformed(name + " = " + shown(value), name, set(right, field, value)));
        }
      }
    }
    return all;
  }

  private static void repeated(
      List<Malformed> all, String name, Message right, FieldDescriptor field, FieldRules rules) {
    var limits = rules.getRepeated();
    var there = (List<?>) right.getField(field);
    if (limits.getMinItems() > 0) {
      all.add(new Malformed(name + " empty", name, clear(right, field)));
    }
    if (there.isEmpty()) {
      return;
    }
    if (limits.hasMaxItems()) {
      var many = right.toBuilder();
      while (many.getRepeatedFieldCount(field) <= limits.getMaxItems()) {
        many.addRepeatedField(
            field,
            limits.getUnique() ? "S" + many.getRepeatedFieldCount(field) + 'x' : there.getFirst());
      }
      all.add(new Malformed(name + " too many", name, many.build()));
    }
    if (limits.getUnique()) {
      all.add(
          new Malformed(
              name + " twice",
              name,
              right.toBuilder().addRepeatedField(field, there.getFirst()).build()));
    }
    if (there.getFirst() instanceof Message first) {
      for (Malformed inner : of(name + "[0].", first)) {
        all.add(
            new Malformed(
                inner.what,
                inner.field,
                right.toBuilder().setRepeatedField(field, 0, inner.request).build()));
      }
    } else {
      for (String value : wrong(limits.getItems().getString())) {
        all.add(
            new Malformed(
                name + "[0] = " + shown(value),
                name,
                right.toBuilder().setRepeatedField(field, 0, value).build()));
      }
    }
  }

  private static List<Object> wrong(FieldDescriptor field, FieldRules rules) {
    var values = new ArrayList<Object>();
    switch (field.getJavaType()) {
      case STRING -> values.addAll(wrong(rules.getString()));
      case INT -> {
        var limits = rules.getInt32();
        if (limits.hasGte()) {
          values.add(limits.getGte() - 1);
          values.add(Integer.MIN_VALUE);
        }
        if (limits.hasLte()) {
          values.add(limits.getLte() + 1);
          values.add(Integer.MAX_VALUE);
        }
      }
      case ENUM -> {
        if (rules.getEnum().getDefinedOnly()) {
          values.add(field.getEnumType().findValueByNumberCreatingIfUnknown(99));
        }
        rules
            .getEnum()
            .getNotInList()
            .forEach(
                number ->
                    values.add(field.getEnumType().findValueByNumberCreatingIfUnknown(number)));
      }
      case LONG, FLOAT, DOUBLE, BOOLEAN, BYTE_STRING, MESSAGE -> {}
    }
    return values;
  }

  private static List<String> wrong(StringRules limits) {
    var values = new ArrayList<String>();
    if (limits.hasPattern()) {
      values.add("§ no such thing §");
      values.add("x".repeat(600));
    }
    if (limits.hasMaxLen()) {
      values.add("x".repeat((int) limits.getMaxLen() + 1));
    }
    if (limits.getMinLen() > 0) {
      values.add("");
    }
    return values;
  }

  private static Message set(Message right, FieldDescriptor field, Object value) {
    return right.toBuilder().setField(field, value).build();
  }

  private static Message clear(Message right, FieldDescriptor field) {
    return right.toBuilder().clearField(field).build();
  }

  private static String shown(Object value) {
    var text = String.valueOf(value);
    return text.length() <= 30 ? "'" + text + "'" : text.length() + " characters";
  }
}
