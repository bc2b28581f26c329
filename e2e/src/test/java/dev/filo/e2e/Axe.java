package dev.filo.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.CheckedNode;
import com.microsoft.playwright.Page;
import java.util.ArrayList;
import java.util.List;

/** What axe says of a page: the rules of WCAG 2.2 up to AA. */
final class Axe {
  private static final List<String> WCAG =
      List.of("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa");

  private Axe() {}

  /** What is serious or critical, a line each. */
  static List<String> complaints(Page page, String what) {
    var seen = new AxeBuilder(page).withTags(WCAG).analyze();
    assertThat(seen.getPasses()).as("rules that looked at " + what).hasSizeGreaterThan(7);
    var complaints = new ArrayList<String>();
    for (var violation : seen.getViolations()) {
      if (!List.of("serious", "critical").contains(violation.getImpact())) {
        continue;
      }
      for (var node : violation.getNodes()) {
        if (!violation.getId().equals("target-size") || isTooSmall(page, node)) {
          complaints.add(
              "axe on %s: %s (%s) %s %s"
                  .formatted(
                      what,
                      violation.getId(),
                      violation.getImpact(),
                      node.getTarget(),
                      node.getFailureSummary().replaceAll("\\s+", " ")));
        }
      }
    }
    return complaints;
  }

  /** Whether a control is too small, too, where nothing that floats covers it. */
  private static boolean isTooSmall(Page page, CheckedNode node) {
    var selector = String.valueOf(node.getTarget() instanceof List<?> all ? all.getLast() : "");
    page.locator(selector)
        .first()
        .evaluate("element => element.scrollIntoView({block: 'center', behavior: 'instant'})");
    return !new AxeBuilder(page)
        .withRules(List.of("target-size"))
        .include(selector)
        .analyze()
        .getViolations()
        .isEmpty();
  }
}
