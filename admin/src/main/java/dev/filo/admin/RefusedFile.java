package dev.filo.admin;

import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/**
 * The rows that were refused, as they were in the file, with two columns more: why, and what to
 * mend. Made with the first of them; without any there is no file.
 */
final class RefusedFile implements Closeable {
  private final Path path;
  private final List<String> header;
  private final FileChannel file;
  private final CSVPrinter csv;

  /**
   * Opens it.
   *
   * @param keep how many bytes of an earlier one are kept: what came after them comes again
   */
  RefusedFile(Path path, List<String> header, long keep) throws IOException {
    this.path = path;
    this.header = header;
    file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    file.truncate(keep);
    file.position(file.size());
    OutputStream bytes = Channels.newOutputStream(file);
    csv =
        new CSVPrinter(
            new BufferedWriter(new OutputStreamWriter(bytes, StandardCharsets.UTF_8)),
            CSVFormat.RFC4180);
  }

  void add(List<String> record, String reason, String detail) throws IOException {
    if (length() == 0) {
      var columns = new ArrayList<>(header);
      columns.add("Refused");
      columns.add("What to mend");
      csv.printRecord(columns);
    }
    var row = new ArrayList<>(record);
    while (row.size() < header.size()) {
      row.add("");
    }
    row.add(reason);
    row.add(detail);
    csv.printRecord(row);
  }

  /** Its length once everything added is in it. */
  long length() throws IOException {
    csv.flush();
    return file.position();
  }

  /** Closes it and takes it away when nothing is in it. */
  @Override
  public void close() throws IOException {
    long length = length();
    csv.close();
    if (length == 0) {
      Files.deleteIfExists(path);
    }
  }
}
