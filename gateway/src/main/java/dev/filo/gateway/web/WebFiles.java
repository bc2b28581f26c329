package dev.filo.gateway.web;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLConnection;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Files of the class path. What is in a jar is kept once read, what is in a folder is read each
 * time, so that a page can be worked on. Thread-safe.
 */
final class WebFiles {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_@-][A-Za-z0-9_.@-]*");

  private final ConcurrentMap<String, WebFile> kept = new ConcurrentHashMap<>();
  private final ClassLoader loader = WebFiles.class.getClassLoader();

  /**
   * A file by its path on the class path; nothing when there is none or its name is not one of a
   * file to serve.
   */
  @Nullable WebFile get(String path) {
    WebFile known = kept.get(path);
    if (known != null) {
      return known;
    }
    for (String each : path.split("/", -1)) {
      if (!NAME.matcher(each).matches()) {
        return null;
      }
    }
    URL url = WebFile.type(path) == null ? null : loader.getResource(path);
    if (url == null) {
      return null;
    }
    try {
      URLConnection connection = url.openConnection();
      try (InputStream in = connection.getInputStream()) {
        WebFile file = WebFile.named(path, in.readAllBytes());
        if (file != null && !url.getProtocol().equals("file")) {
          kept.put(path, file);
        }
        return file;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The class path's " + path + " cannot be read.", e);
    }
  }
}
