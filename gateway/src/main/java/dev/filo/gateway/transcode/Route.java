package dev.filo.gateway.transcode;

import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP binding of a method.
 *
 * @param verb the HTTP method, in capitals
 * @param path the path it is at
 * @param method what it calls
 * @param body {@code *} when the body is the request, {@code ""} when there is none, else the field
 *     it is
 * @param bodyField the field when the body is one
 */
public record Route(
    String verb,
    PathTemplate path,
    ApiMethod method,
    String body,
    @Nullable FieldDescriptor bodyField) {

  /** Whether the body passes as it came, byte by byte, whatever it is. */
  public boolean isRaw() {
    return bodyField != null
        && bodyField.getJavaType() == FieldDescriptor.JavaType.MESSAGE
        && bodyField.getMessageType().getFullName().equals("google.api.HttpBody");
  }

  /** A route that fits a request, with the values of its path's variables. */
  public record Match(Route route, Map<String, String> variables) {}

  @Override
  public String toString() {
    return verb + " " + path + " (" + method.descriptor().getFullName() + ")";
  }
}
