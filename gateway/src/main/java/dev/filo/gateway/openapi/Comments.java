package dev.filo.gateway.openapi;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.SourceCodeInfo.Location;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The comments of the proto files, by the full name of what they are about. Immutable. */
final class Comments {
  // Field numbers in descriptor.proto, of which a location's path is made.
  private static final int FILE_MESSAGE = 4;
  private static final int FILE_ENUM = 5;
  private static final int FILE_SERVICE = 6;
  private static final int MESSAGE_FIELD = 2;
  private static final int MESSAGE_NESTED = 3;
  private static final int MESSAGE_ENUM = 4;
  private static final int ENUM_VALUE = 2;
  private static final int SERVICE_METHOD = 2;

  private final Map<String, String> byName = new HashMap<>();

  Comments(FileDescriptorSet files) {
    for (FileDescriptorProto file : files.getFileList()) {
      for (Location each : file.getSourceCodeInfo().getLocationList()) {
        if (each.hasLeadingComments() || each.hasTrailingComments()) {
          String name = name(file, each.getPathList());
          String text =
              each.hasLeadingComments() ? each.getLeadingComments() : each.getTrailingComments();
          if (!name.isEmpty()) {
            byName.putIfAbsent(name, tidy(text));
          }
        }
      }
    }
  }

  /** The comment of a message, field, enum, value, service or method; empty when it has none. */
  String of(String fullName) {
    return byName.getOrDefault(fullName, "");
  }

  /** The first sentence of a comment. */
  static String summary(String comment) {
    int end = comment.indexOf(". ");
    String first = end < 0 ? comment : comment.substring(0, end);
    return first.endsWith(".") ? first.substring(0, first.length() - 1) : first;
  }

  private static String tidy(String comment) {
    StringBuilder text = new StringBuilder();
    for (String line : comment.strip().split("\n")) {
      String stripped = line.strip();
      text.append(text.isEmpty() ? "" : stripped.isEmpty() ? "\n\n" : " ").append(stripped);
    }
    return text.toString();
  }

  private static String name(FileDescriptorProto file, List<Integer> path) {
    if (path.size() < 2) {
      return "";
    }
    int index = path.get(1);
    List<Integer> rest = path.subList(2, path.size());
    return switch (path.get(0)) {
      case FILE_MESSAGE -> message(file.getPackage(), file.getMessageType(index), rest);
      case FILE_ENUM -> enumeration(file.getPackage(), file.getEnumType(index), rest);
      case FILE_SERVICE -> {
        String service = file.getPackage() + "." + file.getService(index).getName();
        yield rest.isEmpty()
            ? service
            : rest.size() == 2 && rest.get(0) == SERVICE_METHOD
                ? service + "." + file.getService(index).getMethod(rest.get(1)).getName()
                : "";
      }
      default -> "";
    };
  }

  private static String message(String scope, DescriptorProto message, List<Integer> rest) {
    String name = scope + "." + message.getName();
    if (rest.isEmpty()) {
      return name;
    }
    if (rest.size() < 2) {
      return "";
    }
    int index = rest.get(1);
    List<Integer> deeper = rest.subList(2, rest.size());
    return switch (rest.get(0)) {
      case MESSAGE_FIELD -> deeper.isEmpty() ? name + "." + message.getField(index).getName() : "";
      case MESSAGE_NESTED -> message(name, message.getNestedType(index), deeper);
      case MESSAGE_ENUM -> enumeration(name, message.getEnumType(index), deeper);
      default -> "";
    };
  }

  private static String enumeration(String scope, EnumDescriptorProto type, List<Integer> rest) {
    String name = scope + "." + type.getName();
    if (rest.isEmpty()) {
      return name;
    }
    return rest.size() == 2 && rest.get(0) == ENUM_VALUE
        ? name + "." + type.getValue(rest.get(1)).getName()
        : "";
  }
}
