package dev.filo.catalog.media;

import java.io.ByteArrayInputStream;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Checks SVG drawings by what may be in them, not by what may not: elements of SVG 1.1 that draw,
 * references into the drawing itself or to pictures inside it, nothing that runs, moves or loads.
 */
final class SvgDrawing {
  private static final String SVG = "http://www.w3.org/2000/svg";

  // No script, foreignObject, a, animate*, set, handler, image with a foreign source: see href.
  private static final Set<String> ELEMENTS =
      Set.of(
          "svg",
          "g",
          "defs",
          "title",
          "desc",
          "symbol",
          "use",
          "path",
          "rect",
          "circle",
          "ellipse",
          "line",
          "polyline",
          "polygon",
          "text",
          "tspan",
          "textPath",
          "linearGradient",
          "radialGradient",
          "stop",
          "clipPath",
          "mask",
          "pattern",
          "marker",
          "image",
          "switch",
          "style",
          "filter",
          "feBlend",
          "feColorMatrix",
          "feComponentTransfer",
          "feComposite",
          "feConvolveMatrix",
          "feDiffuseLighting",
          "feDisplacementMap",
          "feDistantLight",
          "feDropShadow",
          "feFlood",
          "feFuncA",
          "feFuncB",
          "feFuncG",
          "feFuncR",
          "feGaussianBlur",
          "feMerge",
          "feMergeNode",
          "feMorphology",
          "feOffset",
          "fePointLight",
          "feSpecularLighting",
          "feSpotLight",
          "feTile",
          "feTurbulence");

  private static final Pattern INNER_PICTURE =
      Pattern.compile("data:image/(png|jpeg|webp);base64,[A-Za-z0-9+/=\\s]*");
  private static final Pattern FOREIGN_URL = Pattern.compile("url\\(\\s*+['\"]?+\\s*+(?!#)");

  private SvgDrawing() {}

  /** True when the bytes are a whole SVG document that only draws. */
  static boolean isHarmless(byte[] data) {
    try {
      var reader = parser().createXMLStreamReader(new ByteArrayInputStream(data));
      try {
        return isHarmless(reader);
      } finally {
        reader.close();
      }
    } catch (XMLStreamException e) {
      return false;
    }
  }

  private static XMLInputFactory parser() {
    var factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_NAMESPACE_AWARE, true);
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    return factory;
  }

  private static boolean isHarmless(XMLStreamReader reader) throws XMLStreamException {
    boolean hasRoot = false;
    int styles = 0;
    while (reader.hasNext()) {
      switch (reader.next()) {
        case XMLStreamConstants.START_ELEMENT -> {
          var name = reader.getLocalName();
          if (!SVG.equals(reader.getNamespaceURI())
              || !ELEMENTS.contains(name)
              || (!hasRoot && !name.equals("svg"))
              || !attributesAreHarmless(reader)) {
            return false;
          }
          hasRoot = true;
          styles += name.equals("style") ? 1 : 0;
        }
        case XMLStreamConstants.END_ELEMENT ->
            styles -= reader.getLocalName().equals("style") ? 1 : 0;
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> {
          if (styles > 0 && !styleIsHarmless(reader.getText())) {
            return false;
          }
        }
        // A document type can define entities, an instruction can load a style sheet.
        case XMLStreamConstants.DTD,
            XMLStreamConstants.ENTITY_REFERENCE,
            XMLStreamConstants.PROCESSING_INSTRUCTION -> {
          return false;
        }
        default -> {}
      }
    }
    return hasRoot;
  }

  private static boolean attributesAreHarmless(XMLStreamReader reader) {
    for (int i = 0; i < reader.getAttributeCount(); i++) {
      var name = reader.getAttributeLocalName(i).toLowerCase(Locale.ROOT);
      var value = reader.getAttributeValue(i);
      if (name.startsWith("on")
          || (name.equals("href") && !hrefIsHarmless(value))
          || name.equals("src")
          || name.equals("base")
          || !styleIsHarmless(value)) {
        return false;
      }
    }
    return true;
  }

  private static boolean hrefIsHarmless(String value) {
    var target = value.strip();
    return target.startsWith("#") || INNER_PICTURE.matcher(target).matches();
  }

  private static boolean styleIsHarmless(String value) {
    var text = value.toLowerCase(Locale.ROOT);
    return !text.contains("\\") // could spell any of the others
        && !text.contains("@import")
        && !text.contains("javascript:")
        && !text.contains("expression(")
        && !FOREIGN_URL.matcher(text).find();
  }
}
