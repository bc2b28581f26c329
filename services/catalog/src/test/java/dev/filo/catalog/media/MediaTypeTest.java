package dev.filo.catalog.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MediaTypeTest {
  private static final String OPEN =
      "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink'>";

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        OPEN + "</svg>",
        "<?xml version='1.0' encoding='UTF-8'?><!-- a sofa -->" + OPEN + "<path d='M0 0h9'/></svg>",
        OPEN
            + "<defs><linearGradient id='g'><stop offset='0' stop-color='#fff'/></linearGradient>"
            + "<filter id='f'><feGaussianBlur stdDeviation='2'/></filter></defs>"
            + "<rect width='4' height='3' fill='url(#g)' filter='url( #f )' style='opacity:.5'/></svg>",
        OPEN + "<use href='#a'/><use xlink:href='#b'/><text>alert(1) on sale</text></svg>",
        OPEN + "<style>.a{fill:#123456}</style><circle class='a' r='2'/></svg>",
        OPEN + "<image href='data:image/png;base64,iVBORw0KGgo='/></svg>",
      })
  void svg_thatDraws_isTaken(String svg) {
    assertThat(MediaType.SVG.accepts(bytes(svg))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "not xml",
        "<svg>",
        "<svg/>", // not in SVG's namespace
        "<html xmlns='http://www.w3.org/1999/xhtml'/>",
        "<g xmlns='http://www.w3.org/2000/svg'/>",
        OPEN + "<script>alert(1)</script></svg>",
        OPEN + "<SCRIPT>alert(1)</SCRIPT></svg>",
        OPEN + "<rect onload='alert(1)'/></svg>",
        OPEN + "<rect onLoad='alert(1)'/></svg>",
        OPEN + "<foreignObject/></svg>",
        OPEN + "<x:script xmlns:x='http://www.w3.org/1999/xhtml'/></svg>",
        OPEN + "<a href='https://example.com'><rect/></a></svg>",
        OPEN + "<animate attributeName='href' values='javascript:alert(1)'/></svg>",
        OPEN + "<set attributeName='onload' to='alert(1)'/></svg>",
        OPEN + "<use href='https://example.com/a.svg#x'/></svg>",
        OPEN + "<use xlink:href='javascript:alert(1)'/></svg>",
        OPEN + "<use xlink:href='&#106;avascript:alert(1)'/></svg>",
        OPEN + "<image href='data:image/svg+xml;base64,PHN2Zy8+'/></svg>",
        OPEN + "<image href='https://example.com/spy.png'/></svg>",
        OPEN + "<rect fill='url(https://example.com/a#b)'/></svg>",
        OPEN + "<rect style='background:url(\"//example.com\")'/></svg>",
        OPEN + "<style>@import 'https://example.com/a.css';</style></svg>",
        OPEN + "<style>rect{fill:url(https://example.com)}</style></svg>",
        OPEN + "<style>rect{fill:u\\72l(https://example.com)}</style></svg>",
        "<!DOCTYPE svg [<!ENTITY x 'y'>]>" + OPEN + "<text>&x;</text></svg>",
        "<!DOCTYPE svg SYSTEM 'https://example.com/a.dtd'>" + OPEN + "</svg>",
        "<?xml-stylesheet href='https://example.com/a.css'?>" + OPEN + "</svg>",
        OPEN + "</svg><svg/>",
      })
  void svg_thatDoesMore_isRefused(String svg) {
    assertThat(MediaType.SVG.accepts(bytes(svg))).isFalse();
  }

  @Test
  void pictures_areKnownByTheirFirstBytes() {
    byte[] png = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0};
    byte[] jpeg = {(byte) 0xff, (byte) 0xd8, (byte) 0xff, (byte) 0xe0, 0};
    var webp = bytes("RIFF0000WEBPVP8 ");
    assertThat(MediaType.PNG.accepts(png)).isTrue();
    assertThat(MediaType.PNG.accepts(jpeg)).isFalse();
    assertThat(MediaType.JPEG.accepts(jpeg)).isTrue();
    assertThat(MediaType.JPEG.accepts(bytes("<html>"))).isFalse();
    assertThat(MediaType.WEBP.accepts(webp)).isTrue();
    assertThat(MediaType.WEBP.accepts(bytes("RIFF0000WAVE"))).isFalse();
    assertThat(MediaType.PNG.accepts(new byte[0])).isFalse();
  }
}
