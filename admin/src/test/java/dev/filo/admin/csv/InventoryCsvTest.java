package dev.filo.admin.csv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.filo.admin.csv.InventoryCsv.Line;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InventoryCsvTest {
  private static final String LONG =
      "Handle,Title,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Option3 Name,Option3"
          + " Value,SKU,HS Code,COO,Location,Bin name,Incoming,Unavailable,Committed,Available,On"
          + " hand\n";
  private static final Map<String, String> STORES =
      Map.of("Milano", "stores/milano", "Via Roma, 1", "stores/roma");

  private static List<String> lines(String csv) throws IOException {
    var words = new ArrayList<String>();
    try (var file = new InventoryCsv(new StringReader(csv), STORES::get)) {
      while (file.next(line -> words.add(words(line)))) {}
    }
    return words;
  }

  private static String words(Line line) {
    return switch (line) {
      case Line.Count count ->
          "%d %s %s %d".formatted(count.row(), count.sku(), count.store(), count.onHand());
      case Line.Refused refused -> refused.row() + " " + refused.reason();
      case Line.Empty empty -> empty.row() + " empty";
    };
  }

  @Test
  void aRowASkuAndLocation() throws IOException {
    assertThat(
            lines(
                LONG
                    + "divano,Divano,Colore,Verde,,,,,DIV-LUC,,IT,Milano,,0,0,1,2,3\r\n"
                    + "divano,\"Divano \"\"Luce\"\",\nin velluto\",Colore,Verde,,,,,DIV-LUC,,IT,"
                    + "\"Via Roma, 1\",A3,0,0,0,7,7\n"
                    + "\n"
                    + "divano,Divano,Colore,Verde,,,,,DIV-LUC,,IT,Milano,,0,0,0,not stocked,not stocked\n"
                    + "divano,Divano,Colore,Verde,,,,,,,IT,Milano,,0,0,0,1,1\n"
                    + "divano,Divano,Colore,Verde,,,,,DIV-LUC,,IT,Torino,,0,0,0,1,1\n"
                    + "divano,Divano,Colore,Verde,,,,,DIV-LUC,,IT,Milano,,0,0,0,1,molti\n"
                    + "divano,Divano,Colore,Verde,,,,,DIV-LUC,,IT,Milano,,0,0,0,1,-1\n"
                    + "divano,Divano,Colore,Verde,,,,,DIV-LUC,,IT,Milano,,0,0,0,1,1000001\n"
                    + "divano,Divano,Colore,Verde,,,,,DIV-LUC,,IT,Milano,,0,0,0,5\n"))
        .containsExactly(
            "1 DIV-LUC stores/milano 3",
            "2 DIV-LUC stores/roma 7",
            "3 empty",
            "4 SKU_MISSING",
            "5 LOCATION_UNKNOWN",
            "6 QUANTITY_INVALID",
            "7 QUANTITY_INVALID",
            "8 QUANTITY_INVALID",
            "9 empty");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SKU,Location,On hand|A,Milano,4|4",
        "SKU,Location,Available|A,Milano,4|4",
        "SKU,Location,Available (not editable),On hand (current),On hand (new)|A,Milano,1,2,3|3",
        "SKU,Location,Available (not editable),On hand (current),On hand (new)|A,Milano,1,2,|2",
        "sku , location , on hand |A,Milano,4.0|4"
      })
  void theNumberThatCounts(String header, String row, int expected) throws IOException {
    assertThat(lines(header + "\n" + row)).containsExactly("1 A stores/milano " + expected);
  }

  @Test
  void aColumnALocation() throws IOException {
    assertThat(
            lines(
                "Handle,Title,Option1 Name,Option1 Value,SKU,HS Code,COO,Milano,\"Via Roma, 1\",Torino\n"
                    + "d,D,,,DIV,,IT,3,not stocked,\n"
                    + "d,D,,,POL,,IT,,4,5\n"))
        .containsExactly(
            "10007 DIV stores/milano 3",
            "10008 empty",
            "10009 empty",
            "20007 empty",
            "20008 POL stores/roma 4",
            "20009 LOCATION_UNKNOWN");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Handle,Title\nd,D\n",
        "SKU,Location\nA,Milano\n",
        "Handle,SKU,HS Code,COO\nd,A,,\n",
      })
  void anotherKindOfFileIsRefused(String csv) {
    assertThatThrownBy(() -> lines(csv)).isInstanceOf(InventoryCsv.NotReadableException.class);
  }

  @Test
  void aBrokenRecordSaysWhere() {
    assertThatThrownBy(() -> lines("SKU,Location,On hand\nA,Milano,1\nB,\"Milano,1\nC,Milano,1\n"))
        .isInstanceOf(InventoryCsv.NotReadableException.class)
        .hasMessageContaining("Line");
  }
}
