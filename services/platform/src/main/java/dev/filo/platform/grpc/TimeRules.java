package dev.filo.platform.grpc;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import com.google.rpc.BadRequest.FieldViolation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The rule of {@code google.protobuf.Timestamp} and {@code Duration} themselves: years 1 to 9999,
 * and as long at most. Its JSON form cannot break it, its binary form can. Thread-safe.
 */
final class TimeRules {
  private static final long FIRST_SECOND = -62_135_596_800L;
  private static final long LAST_SECOND = 253_402_300_799L;
  private static final long LONGEST_SECONDS = 315_576_000_000L;
  private static final int NANOS_MAX = 999_999_999;

  private final Map<Descriptor, List<FieldDescriptor>> timed = new ConcurrentHashMap<>();

  /** What breaks it; empty when nothing does. */
  List<FieldViolation> violations(Message message) {
    if (timed(message.getDescriptorForType()).isEmpty()) {
      return List.of();
    }
    var violations = new ArrayList<FieldViolation>();
    look(message, "", violations);
    return violations;
  }

  private void look(Message message, String path, List<FieldViolation> violations) {
    for (FieldDescriptor field : timed(message.getDescriptorForType())) {
      var name = path + field.getName();
      if (field.isRepeated()) {
        for (int i = 0; i < message.getRepeatedFieldCount(field); i++) {
          value(message.getRepeatedField(field, i), name + "[" + i + "]", violations);
        }
      } else if (message.hasField(field)) {
        value(message.getField(field), name, violations);
      }
    }
  }

  private void value(Object value, String path, List<FieldViolation> violations) {
    switch (value) {
      case Timestamp time when !isInstant(time) ->
          violations.add(violation(path, "is no instant of the years 1 to 9999"));
      case Duration time when !isLength(time) ->
          violations.add(violation(path, "is no length of time of at most 10,000 years"));
      case Message inner -> look(inner, path + ".", violations);
      default -> {}
    }
  }

  private static boolean isInstant(Timestamp time) {
    return time.getSeconds() >= FIRST_SECOND
        && time.getSeconds() <= LAST_SECOND
        && time.getNanos() >= 0
        && time.getNanos() <= NANOS_MAX;
  }

  /** Seconds and nanoseconds are on the same side of zero. */
  private static boolean isLength(Duration time) {
    return time.getNanos() >= -NANOS_MAX
        && time.getNanos() <= NANOS_MAX
        && time.getSeconds() >= -LONGEST_SECONDS
        && time.getSeconds() <= LONGEST_SECONDS
        && (time.getSeconds() == 0
            || time.getNanos() == 0
            || (time.getSeconds() < 0) == (time.getNanos() < 0));
  }

  private static FieldViolation violation(String path, String description) {
    return FieldViolation.newBuilder().setField(path).setDescription(description).build();
  }

  /** The fields that are a time or have one in them. */
  private List<FieldDescriptor> timed(Descriptor type) {
    var known = timed.get(type);
    if (known == null) {
      known =
          type.getFields().stream()
              .filter(field -> !field.isMapField() && reaches(field, new HashSet<>()))
              .toList();
      timed.put(type, known);
    }
    return known;
  }

  private static boolean reaches(FieldDescriptor field, Set<Descriptor> seen) {
    if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
      return false;
    }
    var type = field.getMessageType();
    return type.equals(Timestamp.getDescriptor())
        || type.equals(Duration.getDescriptor())
        || (seen.add(type) && type.getFields().stream().anyMatch(inner -> reaches(inner, seen)));
  }
}
