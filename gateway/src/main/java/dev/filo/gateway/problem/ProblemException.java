package dev.filo.gateway.problem;

/**
 * Carries a {@link Problem} through a reactive pipeline; without a stack trace, as it is no fault.
 */
public final class ProblemException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Problem problem;

  /** Wraps a problem. */
  public ProblemException(Problem problem) {
    super(problem.reason(), null, false, false);
    this.problem = problem;
  }

  /** What is to be answered. */
  public Problem problem() {
    return problem;
  }
}
