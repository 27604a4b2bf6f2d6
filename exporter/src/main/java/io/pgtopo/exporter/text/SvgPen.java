package io.pgtopo.exporter.text;

import java.io.StringWriter;
import java.util.function.Consumer;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * Writes an SVG picture that needs nothing else: no script, no style sheet, no font, no other file.
 * Text is escaped, whatever it is.
 */
final class SvgPen {
  private static final String SVG = "http://www.w3.org/2000/svg";
  private static final String FONT = "DejaVu Sans, Verdana, Helvetica, sans-serif";

  /** Of the widest of those fonts, in parts of their size. */
  private static final double LETTER = 0.62;

  private static final double BOLD = 0.7;

  /** From here on a letter may be as wide as it is high. */
  private static final int FIRST_WIDE = 0x1100;

  /** How a text is written. */
  enum Weight {
    NORMAL,
    BOLD
  }

  private final XMLStreamWriter xml;

  private SvgPen(XMLStreamWriter xml) {
    this.xml = xml;
  }

  /** A picture of a size in pixels, with a title for those who do not see it. */
  static String draw(int width, int height, String title, Consumer<SvgPen> drawing) {
    var text = new StringWriter();
    try {
      var xml = XMLOutputFactory.newFactory().createXMLStreamWriter(text);
      xml.writeStartElement("svg");
      xml.writeDefaultNamespace(SVG);
      var pen = new SvgPen(xml);
      pen.attributes(
          "width", width, "height", height, "viewBox", "0 0 %d %d".formatted(width, height));
      pen.attributes("role", "img", "font-family", FONT);
      pen.title(title);
      drawing.accept(pen);
      pen.line();
      xml.writeEndElement();
      xml.close();
    } catch (XMLStreamException bug) {
      throw broken(bug);
    }
    return text + "\n";
  }

  /** How wide a text is at most, in pixels. */
  static int width(String text, int size, Weight weight) {
    var letter = weight == Weight.BOLD ? BOLD : LETTER;
    var widths = text.codePoints().mapToDouble(it -> it < FIRST_WIDE ? letter : 1).sum();
    return (int) Math.ceil(widths * size);
  }

  /** The beginning of a text, as far as it fits in a width. */
  static String fitting(String text, int width, int size, Weight weight) {
    if (width(text, size, weight) <= width) {
      return text;
    }
    var end = text.length();
    while (end > 0 && width(text.substring(0, end) + "…", size, weight) > width) {
      end = text.offsetByCodePoints(end, -1);
    }
    return text.substring(0, end) + "…";
  }

  /** An element without content; attributes are names and values in turn. */
  void shape(String name, Object... attributes) {
    try {
      line();
      xml.writeEmptyElement(name);
      attributes(attributes);
    } catch (XMLStreamException bug) {
      throw broken(bug);
    }
  }

  /** Elements that belong together. */
  void group(Consumer<SvgPen> drawing, Object... attributes) {
    try {
      line();
      xml.writeStartElement("g");
      attributes(attributes);
      drawing.accept(this);
      line();
      xml.writeEndElement();
    } catch (XMLStreamException bug) {
      throw broken(bug);
    }
  }

  /** What a viewer shows of a group when it is pointed at. */
  void title(String text) {
    try {
      line();
      xml.writeStartElement("title");
      xml.writeCharacters(text);
      xml.writeEndElement();
    } catch (XMLStreamException bug) {
      throw broken(bug);
    }
  }

  void text(String text, int size, String colour, Object... attributes) {
    try {
      line();
      xml.writeStartElement("text");
      attributes("font-size", size, "fill", colour);
      attributes(attributes);
      xml.writeCharacters(text);
      xml.writeEndElement();
    } catch (XMLStreamException bug) {
      throw broken(bug);
    }
  }

  private void line() throws XMLStreamException {
    xml.writeCharacters("\n");
  }

  private void attributes(Object... attributes) throws XMLStreamException {
    for (var index = 0; index < attributes.length; index += 2) {
      xml.writeAttribute(attributes[index].toString(), attributes[index + 1].toString());
    }
  }

  private static IllegalStateException broken(XMLStreamException bug) {
    return new IllegalStateException("not representable as SVG", bug);
  }
}
