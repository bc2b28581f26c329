package dev.filo.identity.web;

import dev.filo.platform.code.Ids;
import dev.filo.platform.grpc.Answers;
import io.grpc.Status;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Answers as OAuth does when something of ours is at fault: 503 {@code temporarily_unavailable} for
 * an outage, 500 {@code server_error} with an incident that is in the log for anything else.
 */
final class OutageFilter extends OncePerRequestFilter {
  private static final Logger log = LoggerFactory.getLogger(OutageFilter.class);

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException {
    try {
      chain.doFilter(request, response);
    } catch (ServletException e) {
      answer(response, e.getCause() == null ? e : e.getCause());
    } catch (RuntimeException e) {
      answer(response, e);
    }
  }

  private static void answer(HttpServletResponse response, Throwable error) throws IOException {
    if (response.isCommitted()) {
      throw new IOException("the answer was under way", error);
    }
    response.reset();
    var code =
        outage(error) ? Status.Code.UNAVAILABLE : Answers.toStatus(error).getStatus().getCode();
    if (code == Status.Code.UNAVAILABLE || code == Status.Code.DEADLINE_EXCEEDED) {
      response.setHeader("Retry-After", "1");
      json(response, 503, "temporarily_unavailable", "The database cannot be reached. Try again.");
      return;
    }
    var incident = Ids.random();
    log.error("incident {}", incident, error);
    json(response, 500, "server_error", "A fault of ours: incident " + incident + ".");
  }

  /** Waiting for the database ended before it answered. */
  private static boolean outage(Throwable error) {
    return error instanceof IllegalStateException
        && error.getMessage() != null
        && error.getMessage().startsWith("Timeout on blocking read");
  }

  static void json(HttpServletResponse response, int status, String error, String description)
      throws IOException {
    response.setStatus(status);
    response.setContentType("application/json");
    response.setHeader("Cache-Control", "no-store");
    response
        .getOutputStream()
        .write(
            "{\"error\":\"%s\",\"error_description\":\"%s\"}"
                .formatted(error, description)
                .getBytes(StandardCharsets.UTF_8));
  }
}
