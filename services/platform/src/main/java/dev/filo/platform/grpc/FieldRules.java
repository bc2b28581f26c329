package dev.filo.platform.grpc;

import build.buf.protovalidate.Validator;
import build.buf.protovalidate.ValidatorFactory;
import build.buf.protovalidate.exceptions.ValidationException;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import java.util.ArrayList;

/** Checks messages by the rules their fields declare (protovalidate). Thread-safe. */
public final class FieldRules {
  private final Validator validator = ValidatorFactory.newBuilder().build();
  private final PlainRules plain = new PlainRules();
  private final TimeRules times = new TimeRules();

  /** Refuses a message that breaks a rule, naming each field. */
  public void check(Message message) {
    var impossible = times.violations(message);
    if (!impossible.isEmpty()) {
      throw Statuses.fields(impossible);
    }
    if (plain.accepts(message)) {
      return;
    }
    try {
      var result = validator.validate(message);
      if (result.isSuccess()) {
        return;
      }
      var violations = new ArrayList<BadRequest.FieldViolation>();
      for (var violation : result.getViolations()) {
        var proto = violation.toProto();
        violations.add(
            BadRequest.FieldViolation.newBuilder()
                .setField(path(proto.getField()))
                .setDescription(proto.getMessage())
                .build());
      }
      throw Statuses.fields(violations);
    } catch (ValidationException e) {
      throw new IllegalStateException("the rules of a message cannot be read", e);
    }
  }

  private static String path(build.buf.validate.FieldPath path) {
    var text = new StringBuilder();
    for (var element : path.getElementsList()) {
      if (!text.isEmpty()) {
        text.append('.');
      }
      text.append(element.getFieldName());
      switch (element.getSubscriptCase()) {
        case INDEX -> text.append('[').append(element.getIndex()).append(']');
        case STRING_KEY -> text.append('[').append(element.getStringKey()).append(']');
        default -> {}
      }
    }
    return text.toString();
  }
}
