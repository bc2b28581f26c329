package dev.filo.suite;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.SourceCodeInfo.Location;
import dev.filo.gateway.problem.GrpcProblems;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/errors.md} says every reason there is, in the API's own words. It is written by this
 * test: {@code ./mvnw -pl services/suite test -Dtest=ErrorsPageTest -Dfilo.update=true}.
 */
class ErrorsPageTest {
  private static final Path PAGE = Path.of("..", "..", "docs", "errors.md");
  private static final String PREFIX = "ERROR_REASON_";
  private static final Pattern CODE = Pattern.compile("^([A-Z_]+)(?: \\(HTTP (\\d+)\\))?: (.*)$");

  @Test
  void thePageSaysEveryReason() throws IOException {
    var page = page();
    if (Boolean.getBoolean("filo.update")) {
      Files.writeString(PAGE, page);
    }
    assertThat(PAGE).as("run this test with -Dfilo.update=true").exists();
    assertThat(Files.readString(PAGE)).as("run this test with -Dfilo.update=true").isEqualTo(page);
  }

  @Test
  void everyReasonIsExplained() {
    for (var file : Api.files()) {
      for (int i = 0; i < file.getEnumTypeCount(); i++) {
        var reasons = file.getEnumType(i);
        if (reasons.getName().equals("ErrorReason")) {
          for (int n = 0; n < reasons.getValueCount(); n++) {
            assertThat(comment(file, i, n)).as(reasons.getValue(n).getName()).endsWith(".");
          }
        }
      }
    }
  }

  private static String page() {
    var page = new StringBuilder();
    page.append(
        """
        # Errors

        Written from the comments of the `ErrorReason` enums in `proto/` by `ErrorsPageTest`; do not edit it.

        Every refusal is a gRPC status with a `google.rpc.ErrorInfo`: its `reason` and `domain` are below, `metadata`
        holds what is variable in the message. Over HTTP the same is an `application/problem+json` with `reason`,
        `domain` and `metadata`; the fields that break a rule are its `violations`. Where a `RetryInfo` (HTTP:
        `Retry-After`) says when to come back, come back then, with the same request id. New reasons may be added:
        treat one you do not know by its status.
        """);
    Api.files().stream()
        .sorted(
            Comparator.comparing((FileDescriptorProto file) -> !domain(file).equals("api.filo"))
                .thenComparing(ErrorsPageTest::domain))
        .forEach(file -> append(page, file));
    return page.toString();
  }

  private static void append(StringBuilder page, FileDescriptorProto file) {
    for (int i = 0; i < file.getEnumTypeCount(); i++) {
      EnumDescriptorProto reasons = file.getEnumType(i);
      if (!reasons.getName().equals("ErrorReason")) {
        continue;
      }
      page.append("\n## `").append(domain(file)).append("`\n\n");
      page.append("| Reason | Status | HTTP | Meaning |\n|---|---|---|---|\n");
      for (int n = 0; n < reasons.getValueCount(); n++) {
        if (reasons.getValue(n).getNumber() == 0) {
          continue; // never sent
        }
        var comment = comment(file, i, n);
        var coded = CODE.matcher(comment);
        boolean hasCode = coded.matches();
        var code = hasCode ? coded.group(1) : "";
        var http = hasCode && coded.group(2) != null ? coded.group(2) : http(code);
        page.append("| `")
            .append(reasons.getValue(n).getName().substring(PREFIX.length()))
            .append("` | ")
            .append(code)
            .append(" | ")
            .append(http)
            .append(" | ")
            .append(sentence(hasCode ? coded.group(3) : comment).replace("|", "\\|"))
            .append(" |\n");
      }
    }
  }

  private static String domain(FileDescriptorProto file) {
    return file.getPackage().split("\\.")[1] + ".filo";
  }

  private static String http(String code) {
    return code.isEmpty() ? "" : String.valueOf(GrpcProblems.httpStatus(Status.Code.valueOf(code)));
  }

  private static String sentence(String text) {
    return Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }

  /** The comment before an enum's value, in one line. */
  private static String comment(FileDescriptorProto file, int enumIndex, int valueIndex) {
    var path =
        List.of(
            FileDescriptorProto.ENUM_TYPE_FIELD_NUMBER,
            enumIndex,
            EnumDescriptorProto.VALUE_FIELD_NUMBER,
            valueIndex);
    return file.getSourceCodeInfo().getLocationList().stream()
        .filter(location -> location.getPathList().equals(path))
        .map(Location::getLeadingComments)
        .findFirst()
        .orElse("")
        .strip()
        .replaceAll("\\s+", " ");
  }
}
