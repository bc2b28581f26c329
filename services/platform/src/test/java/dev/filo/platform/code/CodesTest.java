package dev.filo.platform.code;

import static org.assertj.core.api.Assertions.assertThat;

import io.nayuki.qrcodegen.QrCode;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CodesTest {

  @ParameterizedTest
  @CsvSource({
    "K7QX2M, K7QX2M",
    "k7qx2m, K7QX2M",
    "' k7q-x2m ', K7QX2M",
    "K7Q_X2.M, K7QX2M",
    "OoIiLl, 001111",
    "0O1I, 0011",
  })
  void aTypedCodeIsReadAsItWasMade(String typed, String made) {
    assertThat(Ids.readCode(typed)).isEqualTo(made);
  }

  @Test
  void everyCodeIsReadAsItself() {
    IntStream.range(0, 500)
        .mapToObj(i -> Ids.code(8))
        .forEach(code -> assertThat(Ids.readCode(code)).isEqualTo(code).hasSize(8));
  }

  @Test
  void aDerivedIdIsTheSameForTheSamePartsOnly() {
    assertThat(Ids.derived("customers/a", "r1"))
        .isEqualTo(Ids.derived("customers/a", "r1"))
        .matches("[0-9a-f]{32}")
        .isNotEqualTo(Ids.derived("customers/a", "r2"))
        .isNotEqualTo(Ids.derived("customers/ar", "1"))
        .isNotEqualTo(Ids.derived("customers/a", "r1", ""));
  }

  @Test
  void randomIdsDiffer() {
    var ids = new HashSet<String>();
    IntStream.range(0, 2_000).forEach(i -> ids.add(Ids.random()));
    assertThat(ids).hasSize(2_000).allMatch(id -> id.matches("[0-9a-hjkmnp-tv-z]{20}"));
    assertThat(Ids.digits(6)).matches("[0-9]{6}");
  }

  @Test
  void aQrCodeIsAnXmlDocumentWithEveryDarkModuleAndItsQuietZone() throws Exception {
    var text = "https://filo.example/pickup?code=K7QX2M&\"<>";
    var document =
        DocumentBuilderFactory.newNSInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(QrSvg.of(text).getBytes(StandardCharsets.UTF_8)));
    var expected = QrCode.encodeText(text, QrCode.Ecc.MEDIUM);
    var svg = document.getDocumentElement();
    int side = expected.size + 8;
    assertThat(svg.getNamespaceURI()).isEqualTo("http://www.w3.org/2000/svg");
    assertThat(svg.getAttribute("viewBox")).isEqualTo("0 0 " + side + " " + side);
    var path = (org.w3c.dom.Element) svg.getElementsByTagName("path").item(0);
    var drawn = new boolean[side][side];
    var modules = Pattern.compile("M(\\d+),(\\d+)h1v1h-1z").matcher(path.getAttribute("d"));
    while (modules.find()) {
      drawn[Integer.parseInt(modules.group(2))][Integer.parseInt(modules.group(1))] = true;
    }
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        assertThat(drawn[y][x]).as("%d,%d", x, y).isEqualTo(expected.getModule(x - 4, y - 4));
      }
    }
  }
}
