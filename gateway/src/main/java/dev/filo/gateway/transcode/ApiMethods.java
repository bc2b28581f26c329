package dev.filo.gateway.transcode;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import com.google.protobuf.Descriptors;
import com.google.protobuf.ExtensionRegistry;
import com.google.protobuf.Message;
import dev.filo.proto.api.v1.MethodRule;
import dev.filo.proto.api.v1.Rule;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All methods of the services whose proto files are in the descriptor set {@code
 * /filo/descriptors.binpb}, by the classes generated from them. Immutable.
 */
public final class ApiMethods {
  private final List<ApiMethod> methods;
  private final Map<String, ServiceDescriptor> services;
  private final FileDescriptorSet files;

  private ApiMethods(
      List<ApiMethod> methods, Map<String, ServiceDescriptor> services, FileDescriptorSet files) {
    this.methods = List.copyOf(methods);
    this.services = services;
    this.files = files;
  }

  /**
   * Reads the descriptor set.
   *
   * @param dev whether {@code filo.dev} is served
   * @throws IllegalStateException when a service cannot be served; its message is a sentence for
   *     the operator
   */
  public static ApiMethods load(boolean dev) {
    FileDescriptorSet files = read();
    List<ApiMethod> methods = new ArrayList<>();
    Map<String, ServiceDescriptor> services = new LinkedHashMap<>();
    for (FileDescriptorProto file : files.getFileList()) {
      boolean ours = file.getPackage().startsWith("filo.");
      boolean internal =
          file.getPackage().startsWith("filo.feed.")
              || file.getPackage().startsWith("filo.operation.")
              || file.getPackage().startsWith("filo.privacy.");
      boolean devOnly = file.getPackage().startsWith("filo.dev.");
      if (!ours || internal || (devOnly && !dev)) {
        continue;
      }
      for (ServiceDescriptorProto service : file.getServiceList()) {
        ServiceDescriptor descriptor = generated(file, service);
        services.put(descriptor.getName(), descriptor);
        String target = devOnly ? "identity" : file.getPackage().split("\\.")[1];
        for (MethodDescriptor<?, ?> method : descriptor.getMethods()) {
          methods.add(method(method, target));
        }
      }
    }
    return new ApiMethods(methods, services, files);
  }

  /** Every method, in the order of the files. */
  public List<ApiMethod> all() {
    return methods;
  }

  /** The generated service descriptors by full name. */
  public Map<String, ServiceDescriptor> services() {
    return services;
  }

  /** The files as protoc wrote them, with comments. */
  public FileDescriptorSet files() {
    return files;
  }

  private static FileDescriptorSet read() {
    ExtensionRegistry extensions = ExtensionRegistry.newInstance();
    com.google.api.AnnotationsProto.registerAllExtensions(extensions);
    com.google.api.FieldBehaviorProto.registerAllExtensions(extensions);
    build.buf.validate.ValidateProto.registerAllExtensions(extensions);
    Rule.registerAllExtensions(extensions);
    try (InputStream in = ApiMethods.class.getResourceAsStream("/filo/descriptors.binpb")) {
      if (in == null) {
        throw new IllegalStateException("The class path has no /filo/descriptors.binpb.");
      }
      return FileDescriptorSet.parseFrom(in, extensions);
    } catch (IOException e) {
      throw new UncheckedIOException("/filo/descriptors.binpb cannot be read.", e);
    }
  }

  private static ServiceDescriptor generated(
      FileDescriptorProto file, ServiceDescriptorProto service) {
    String name = file.getOptions().getJavaPackage() + "." + service.getName() + "Grpc";
    try {
      Object descriptor = Class.forName(name).getMethod("getServiceDescriptor").invoke(null);
      return (ServiceDescriptor) java.util.Objects.requireNonNull(descriptor);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(
          "Service " + file.getPackage() + "." + service.getName() + " has no class " + name + ".",
          e);
    }
  }

  /** A method as the generated code describes it. */
  @SuppressWarnings("unchecked") // Generated services' marshallers are all for messages.
  public static ApiMethod method(MethodDescriptor<?, ?> method, String target) {
    Descriptors.MethodDescriptor descriptor =
        ((ProtoMethodDescriptorSupplier)
                java.util.Objects.requireNonNull(method.getSchemaDescriptor()))
            .getMethodDescriptor();
    MethodRule rule = descriptor.getOptions().getExtension(Rule.rule);
    if (rule.getRolesCount() == 0) {
      throw new IllegalStateException(
          "Method " + descriptor.getFullName() + " states no roles in filo.api.v1.rule.");
    }
    return new ApiMethod(
        (MethodDescriptor<Message, Message>) method,
        descriptor,
        rule,
        prototype(method.getRequestMarshaller()),
        prototype(method.getResponseMarshaller()),
        target);
  }

  private static Message prototype(MethodDescriptor.Marshaller<?> marshaller) {
    return (Message)
        java.util.Objects.requireNonNull(
            ((MethodDescriptor.PrototypeMarshaller<?>) marshaller).getMessagePrototype());
  }
}
