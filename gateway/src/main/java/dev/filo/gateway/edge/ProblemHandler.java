package dev.filo.gateway.edge;

import dev.filo.gateway.problem.Problem;
import dev.filo.gateway.problem.ProblemWriter;
import org.springframework.core.Ordered;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;

/** Makes a problem document of whatever went wrong, before any other handler does. */
@Component
final class ProblemHandler implements WebExceptionHandler, Ordered {
  private final ProblemWriter problems;

  ProblemHandler(ProblemWriter problems) {
    this.problems = problems;
  }

  @Override
  public int getOrder() {
    return -10;
  }

  @Override
  public Mono<Void> handle(ServerWebExchange exchange, Throwable error) {
    if (exchange.getResponse().isCommitted()) {
      return Mono.error(error);
    }
    Problem problem =
        error instanceof KeysUnreachableException
            ? Problem.of(503, "UNAVAILABLE", "Tokens cannot be checked now. Try again soon.")
                .retryAfter(1)
            : problems.problemOf(error, exchange);
    return problems.write(exchange, problem);
  }
}
