package dev.filo.gateway.openapi;

import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import java.util.HashSet;
import java.util.Set;

/**
 * The page that lists every reason for a refusal, from the comments of all {@code ErrorReason}s.
 */
public final class ErrorsPage {
  private static final String PREFIX = "ERROR_REASON_";

  private ErrorsPage() {}

  /**
   * The page as HTML. Each reason's anchor is its name; where two services share one, the later has
   * its domain before it.
   */
  public static String html(FileDescriptorSet files) {
    Comments comments = new Comments(files);
    StringBuilder page = new StringBuilder();
    page.append(
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Filo: errors</title>
        <link rel="icon" href="/favicon.svg" type="image/svg+xml">
        <link rel="stylesheet" href="/assets/common/tokens.css">
        <link rel="stylesheet" href="/assets/common/base.css">
        <link rel="stylesheet" href="/api/api.css">
        </head>
        <body>
        <main class="errors">
        <h1>Errors</h1>
        <p>A refused call is answered with a problem document (RFC 9457). Its <code>reason</code> is one of these, its \
        <code>domain</code> says whose; over gRPC the same two are in <code>google.rpc.ErrorInfo</code>. \
        <a href="/api">The API</a></p>
        """);
    Set<String> anchors = new HashSet<>();
    files.getFileList().stream()
        .filter(file -> file.getPackage().startsWith("filo."))
        .sorted(
            java.util.Comparator.comparing(
                    (FileDescriptorProto file) -> !file.getPackage().startsWith("filo.api."))
                .thenComparing(FileDescriptorProto::getPackage))
        .forEach(
            file ->
                file.getEnumTypeList().stream()
                    .filter(type -> type.getName().equals("ErrorReason"))
                    .forEach(type -> section(page, comments, file, type, anchors)));
    return page.append("</main>\n</body>\n</html>\n").toString();
  }

  private static void section(
      StringBuilder page,
      Comments comments,
      FileDescriptorProto file,
      EnumDescriptorProto type,
      Set<String> anchors) {
    String scope = file.getPackage() + ".ErrorReason";
    String domain = file.getPackage().split("\\.")[1] + ".filo";
    page.append("<h2 id=\"").append(domain).append("\">").append(domain).append("</h2>\n");
    page.append("<p>").append(marked(comments.of(scope))).append("</p>\n<dl>\n");
    for (EnumValueDescriptorProto each : type.getValueList()) {
      if (each.getNumber() == 0) {
        continue;
      }
      String reason =
          each.getName().startsWith(PREFIX)
              ? each.getName().substring(PREFIX.length())
              : each.getName();
      String anchor = anchors.add(reason) ? reason : domain + "-" + reason;
      page.append("<dt id=\"").append(anchor).append("\"><a href=\"#").append(anchor);
      page.append("\"><code>").append(reason).append("</code></a></dt>\n<dd>");
      page.append(marked(comments.of(scope + "." + each.getName()))).append("</dd>\n");
    }
    page.append("</dl>\n");
  }

  /** A comment as HTML: what is between backticks is code. */
  private static String marked(String comment) {
    String escaped = comment.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    StringBuilder html = new StringBuilder();
    boolean code = false;
    for (String part : escaped.split("`", -1)) {
      html.append(code ? "<code>" : "").append(part).append(code ? "</code>" : "");
      code = !code;
    }
    return html.toString();
  }
}
