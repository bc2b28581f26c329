package dev.filo.pos.command;

import com.google.type.Money;
import java.io.PrintWriter;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Where answers go: sentences for people, or one JSON object a line for scripts. Safe for several
 * threads.
 */
final class Output {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final PrintWriter out;
  private final PrintWriter err;
  private final boolean json;

  Output(PrintWriter out, PrintWriter err, boolean json) {
    this.out = out;
    this.err = err;
    this.json = json;
  }

  /** A new object for an answer. */
  static ObjectNode object(String command) {
    return JSON.createObjectNode().put("command", command);
  }

  /** True when scripts read it. */
  boolean isJson() {
    return json;
  }

  /** For people only: a line of the answer. */
  synchronized void line(String text) {
    if (!json) {
      out.println(text);
      out.flush();
    }
  }

  /** For people only: what is not the answer itself. */
  synchronized void aside(String text) {
    if (!json) {
      err.println(text);
      err.flush();
    }
  }

  /** For whoever looks after the till: on the error stream, whoever reads the answers. */
  synchronized void notice(String text) {
    err.println("filo-pos: " + text);
    err.flush();
  }

  /** For scripts only: one object, one line. */
  synchronized void object(ObjectNode object) {
    if (json) {
      out.println(JSON.writeValueAsString(object));
      out.flush();
    }
  }

  /** What went wrong, for both. */
  synchronized void failure(String command, String result, String reason, String text) {
    if (json) {
      object(object(command).put("result", result).put("reason", reason).put("message", text));
    } else {
      err.println("filo-pos: " + text);
      err.flush();
    }
  }

  /** An amount as the API's JSON has it: units as text, so that no reader rounds it. */
  static ObjectNode money(Money money) {
    return JSON.createObjectNode()
        .put("currencyCode", money.getCurrencyCode())
        .put("units", Long.toString(money.getUnits()))
        .put("nanos", money.getNanos());
  }
}
