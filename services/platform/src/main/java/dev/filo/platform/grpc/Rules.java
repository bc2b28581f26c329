package dev.filo.platform.grpc;

import com.google.protobuf.Descriptors.MethodDescriptor;
import dev.filo.proto.api.v1.MethodRule;
import dev.filo.proto.api.v1.Rule;
import io.grpc.BindableService;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The rules that methods declare in their proto. */
public final class Rules {
  private final Map<String, MethodRule> byMethod;

  private Rules(Map<String, MethodRule> byMethod) {
    this.byMethod = Map.copyOf(byMethod);
  }

  /**
   * The rules of all methods of our services.
   *
   * @throws IllegalStateException when a method has no rule or a rule without roles
   */
  public static Rules of(List<? extends BindableService> services) {
    var rules = new HashMap<String, MethodRule>();
    for (BindableService service : services) {
      var definition = service.bindService();
      for (var method : definition.getMethods()) {
        var descriptor = method.getMethodDescriptor();
        if (!descriptor.getFullMethodName().startsWith("filo.")) {
          continue;
        }
        if (!(descriptor.getSchemaDescriptor() instanceof ProtoMethodDescriptorSupplier schema)) {
          throw new IllegalStateException(descriptor.getFullMethodName() + " has no descriptor");
        }
        MethodDescriptor proto = schema.getMethodDescriptor();
        var rule = proto.getOptions().getExtension(Rule.rule);
        if (rule.getRolesCount() == 0) {
          throw new IllegalStateException(
              descriptor.getFullMethodName() + " declares no roles; see filo/api/v1/rule.proto");
        }
        rules.put(descriptor.getFullMethodName(), rule);
      }
    }
    return new Rules(rules);
  }

  /** The rule of a method by its full name; null for methods that are not ours. */
  public @Nullable MethodRule of(String fullMethodName) {
    return byMethod.get(fullMethodName);
  }
}
