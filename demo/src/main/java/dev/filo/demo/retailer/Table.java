package dev.filo.demo.retailer;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A text table of the retailer's data: one row a line, cells between bars, {@code #} a comment. */
record Table(String file, List<Row> rows) {

  /** One row, which can say where it stands. */
  record Row(String file, int line, List<String> cells) {

    String cell(int column) {
      return cells.get(column);
    }

    int whole(int column) {
      try {
        return Integer.parseInt(cell(column));
      } catch (NumberFormatException notWhole) {
        throw wrong("\"" + cell(column) + "\" is not a whole number", notWhole);
      }
    }

    Text text(int italian) {
      return new Text(cell(italian), cell(italian + 1));
    }

    IllegalStateException wrong(String what, Throwable cause) {
      return new IllegalStateException(file + ":" + line + ": " + what, cause);
    }

    IllegalStateException wrong(String what) {
      return new IllegalStateException(file + ":" + line + ": " + what);
    }
  }

  /**
   * Reads a table that stands beside this class.
   *
   * @param columns how many cells each row must have
   */
  static Table read(String file, int columns) {
    List<Row> rows = new ArrayList<>();
    int number = 0;
    for (String line : lines(file)) {
      number++;
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      List<String> cells = new ArrayList<>();
      for (String cell : line.split("\\|", -1)) {
        cells.add(cell.strip());
      }
      Row row = new Row(file, number, List.copyOf(cells));
      if (cells.size() != columns) {
        throw row.wrong("has " + cells.size() + " cells where " + columns + " belong");
      }
      rows.add(row);
    }
    return new Table(file, List.copyOf(rows));
  }

  private static List<String> lines(String file) {
    try (InputStream in = Table.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("no table " + file);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }
}
