package dev.filo.telemetry.trace;

import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** For beans that are there only where something is traced. */
public final class WhereTraced implements Condition {
  @Override
  public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
    return !context.getEnvironment().getProperty("filo.traces.endpoint", "").isBlank();
  }
}
