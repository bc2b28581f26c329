package dev.filo.demo.art;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.filo.demo.retailer.DemoRetailer;
import dev.filo.demo.retailer.Product;
import dev.filo.demo.retailer.Variant;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

final class PictureTest {

  private static final int BYTES_MAX = 3 * 1024;
  private static final Set<String> ELEMENTS = Set.of("svg", "g", "path", "rect", "ellipse");

  private final DemoRetailer retailer = DemoRetailer.create();

  @Test
  void svg_everyVariant_isSmallAndWellFormed()
      throws ParserConfigurationException, IOException, SAXException {
    DocumentBuilder parser = DocumentBuilderFactory.newInstance().newDocumentBuilder();
    for (Product product : retailer.products()) {
      for (Variant variant : product.variants()) {
        byte[] svg = Picture.svg(product, variant).getBytes(StandardCharsets.UTF_8);
        assertThat(svg.length).as(variant.sku()).isLessThanOrEqualTo(BYTES_MAX);
        Element root = parser.parse(new ByteArrayInputStream(svg)).getDocumentElement();
        assertThat(root.getAttribute("viewBox")).isEqualTo("0 0 400 300");
        assertThat(root.getTextContent()).as(variant.sku()).isEmpty();
        NodeList all = root.getElementsByTagName("*");
        for (int i = 0; i < all.getLength(); i++) {
          assertThat(ELEMENTS).as(variant.sku()).contains(all.item(i).getNodeName());
        }
      }
    }
  }

  @Test
  void svg_numbers_areFinite() {
    for (Product product : retailer.products()) {
      for (Variant variant : product.variants()) {
        assertThat(Picture.svg(product, variant))
            .as(variant.sku())
            .doesNotContain("NaN", "Infinity", "922337203685477580");
      }
    }
  }

  @Test
  void svg_coloursOfOneProduct_differ() {
    for (Product product : retailer.products()) {
      Map<String, Set<String>> colours = new HashMap<>();
      for (Variant variant : product.variants()) {
        String size = variant.size() == null ? "" : variant.size().key();
        assertThat(
                colours
                    .computeIfAbsent(size, none -> new HashSet<>())
                    .add(Picture.svg(product, variant)))
            .as(variant.sku())
            .isTrue();
      }
    }
  }

  @Test
  void svg_again_isTheSame() {
    Product product = retailer.products().getFirst();
    Variant variant = product.variants().getFirst();
    assertThat(Picture.svg(product, variant)).isEqualTo(Picture.svg(product, variant));
  }

  @Test
  void svg_unknownDrawing_isRefused() {
    Product sofa = retailer.products().getFirst();
    Product strange =
        new Product(
            sofa.id(),
            sofa.categoryId(),
            sofa.name(),
            sofa.title(),
            sofa.description(),
            sofa.line(),
            sofa.material(),
            sofa.style(),
            sofa.dimensions(),
            "spaceship.small",
            sofa.variants());
    assertThatThrownBy(() -> Picture.svg(strange, sofa.variants().getFirst()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void tone_keepsItsHue() {
    Tone green = Tone.of("#2f5d48");
    assertThat(green.base()).isEqualTo("#2f5d48");
    assertThat(Tone.of(green.shade()).luminance()).isLessThan(green.luminance());
    assertThat(Tone.of(green.deep()).luminance()).isLessThan(Tone.of(green.shade()).luminance());
    assertThat(Tone.of(green.light()).luminance()).isGreaterThan(green.luminance());
  }

  @Test
  void path_numbers_areShort() {
    assertThat(Path.at(0.04, -0.25).to(10, 2.55).close()).hasToString("M0-.2L10 2.6Z");
  }
}
