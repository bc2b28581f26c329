package dev.filo.gateway.transcode;

import com.google.protobuf.Descriptors;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.filo.gateway.edge.Caller;
import dev.filo.gateway.problem.GrpcProblems;
import dev.filo.gateway.problem.Problem;
import dev.filo.proto.api.v1.MethodRule;
import dev.filo.proto.api.v1.RequestIds;
import dev.filo.proto.api.v1.Role;
import io.grpc.MethodDescriptor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One RPC: how to call it, its descriptor with comments' owner, and the rule it states about
 * itself.
 *
 * @param grpc what a channel calls
 * @param descriptor the method in its proto file
 * @param rule who may call, and how it is repeated
 * @param requestPrototype an empty request of the generated class
 * @param responsePrototype an empty response of the generated class
 * @param target the name of the target in the configuration: the service's package, {@code cart}
 */
public record ApiMethod(
    MethodDescriptor<Message, Message> grpc,
    Descriptors.MethodDescriptor descriptor,
    MethodRule rule,
    Message requestPrototype,
    Message responsePrototype,
    String target) {

  /** Whether calls without a token may pass. */
  public boolean isPublic() {
    return rule.getRolesList().contains(Role.ROLE_PUBLIC);
  }

  /**
   * Refuses a call without a token to a method that needs one; roles are the service's to check.
   *
   * @throws dev.filo.gateway.problem.ProblemException TOKEN_MISSING
   */
  public void admit(Caller caller) {
    if (!caller.isKnown() && !isPublic()) {
      throw Problem.of(401, "TOKEN_MISSING", "This needs a token. Get one at /oauth2/token.")
          .withHeader("WWW-Authenticate", GrpcProblems.challenge("TOKEN_MISSING"))
          .exception();
    }
  }

  /** Whether only the suite's own services may call. */
  public boolean isInternal() {
    return rule.getRolesList().equals(List.of(Role.ROLE_SERVICE));
  }

  /** Whether a call must carry a request id. */
  public boolean requiresRequestId() {
    return rule.getRequestIds() == RequestIds.REQUEST_IDS_REQUIRED;
  }

  /** Whether this request, made twice, does what it does once: it carries an id of its own. */
  public boolean isRepeatable(Message request) {
    FieldDescriptor id = requestString("request_id");
    return id != null && !((String) request.getField(id)).isBlank();
  }

  /** Whether the method is a stream of messages for one request; a file is none. */
  public boolean isServerStream() {
    return streams() && !isFile();
  }

  /** Whether the method answers with a file, piece by piece. */
  public boolean isDownload() {
    return streams() && isFile();
  }

  private boolean streams() {
    return grpc.getType() == MethodDescriptor.MethodType.SERVER_STREAMING;
  }

  private boolean isFile() {
    return descriptor.getOutputType().getFullName().equals("google.api.HttpBody");
  }

  /** A string field of the request, if it has one of that name. */
  public @Nullable FieldDescriptor requestString(String name) {
    return stringField(descriptor.getInputType(), name);
  }

  /** A string field of the response, if it has one of that name. */
  public @Nullable FieldDescriptor responseString(String name) {
    return stringField(descriptor.getOutputType(), name);
  }

  private static @Nullable FieldDescriptor stringField(Descriptors.Descriptor type, String name) {
    FieldDescriptor field = type.findFieldByName(name);
    return field != null
            && field.getJavaType() == FieldDescriptor.JavaType.STRING
            && !field.isRepeated()
        ? field
        : null;
  }
}
