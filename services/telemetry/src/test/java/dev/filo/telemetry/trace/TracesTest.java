package dev.filo.telemetry.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.boot.logging.logback.StructuredLogEncoder;
import org.springframework.core.env.Environment;
import org.springframework.core.env.StandardEnvironment;

class TracesTest {
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String SPAN = "b7ad6b7169203331";

  @Test
  void noEndpoint_isOff() {
    var traces = Traces.of(new TracesProperties("", 1), "cart");
    assertThat(traces.isOn()).isFalse();
    assertThat(traces.servers()).isEmpty();
    assertThat(traces.clients()).isEmpty();
  }

  @Test
  void endpoint_isOn() {
    try (var traces = Traces.of(new TracesProperties("http://127.0.0.1:1/", 0.5), "cart")) {
      assertThat(traces.isOn()).isTrue();
      assertThat(traces.servers()).hasSize(1);
      assertThat(traces.clients()).hasSize(1);
    }
  }

  @Test
  void settingsThatCannotBe_areRefused() {
    assertThatThrownBy(() -> new TracesProperties("http://collector:4318", 1.01))
        .hasMessageContaining("filo.traces.ratio");
    assertThatThrownBy(() -> new TracesProperties("http://collector:4318", Double.NaN))
        .hasMessageContaining("filo.traces.ratio");
    assertThatThrownBy(() -> new TracesProperties("collector:4318", 1))
        .hasMessageContaining("filo.traces.endpoint");
  }

  @Test
  void header_isReadAndWritten() {
    var header = "00-" + TRACE + "-" + SPAN + "-01";
    assertThat(Traces.header(Traces.parent(header))).isEqualTo(header);
    assertThat(Span.fromContext(Traces.parent("00-nonsense-01")).getSpanContext().isValid())
        .isFalse();
    assertThat(Span.fromContext(Traces.parent(null)).getSpanContext().isValid()).isFalse();
  }

  @Test
  void commands_areBoundedInACall() {
    var call = Traces.bounded(Context.root());
    for (int i = 0; i < 100; i++) {
      assertThat(Traces.takeCommand(call)).isTrue();
    }
    assertThat(Traces.takeCommand(call)).isFalse();
    assertThat(Traces.takeCommand(Context.root())).isTrue();
  }

  @Test
  void logLine_hasTheTraceInEcs() {
    assertThat(line(Traces.parent("00-" + TRACE + "-" + SPAN + "-01")))
        .contains("\"trace\":{\"id\":\"" + TRACE + "\"}")
        .contains("\"span\":{\"id\":\"" + SPAN + "\"}");
    assertThat(MDC.getCopyOfContextMap()).isNullOrEmpty();
  }

  @Test
  void logLine_ofWhatIsNotSampledHasNone() {
    assertThat(line(Traces.parent("00-" + TRACE + "-" + SPAN + "-00"))).doesNotContain(TRACE);
    assertThat(line(null)).contains("a call failed").doesNotContain("\"trace\"");
  }

  /** What a process writes with {@code logging.structured.format.console=ecs}. */
  private static String line(@Nullable Context context) {
    var logger = (Logger) LoggerFactory.getLogger(TracesTest.class);
    var lines = new ListAppender<ILoggingEvent>();
    lines.setContext(logger.getLoggerContext());
    lines.start();
    logger.addAppender(lines);
    try {
      Traces.logging(context, () -> logger.warn("a call failed"));
    } finally {
      logger.detachAppender(lines);
    }
    var logging = new LoggerContext();
    logging.putObject(Environment.class.getName(), new StandardEnvironment());
    var encoder = new StructuredLogEncoder();
    encoder.setContext(logging);
    encoder.setFormat("ecs");
    encoder.start();
    return new String(encoder.encode(lines.list.getFirst()), StandardCharsets.UTF_8);
  }
}
