package io.pgtopo.exporter;

import java.io.StringWriter;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * What differs, as the XML that CI servers read: a suite a cluster; in it a passed case for each
 * kind that was judged and found nowhere, a failure for each drift, an error for what could not be
 * judged.
 */
final class DiffJunit {
  private final XMLStreamWriter xml;

  private DiffJunit(XMLStreamWriter xml) {
    this.xml = xml;
  }

  static String render(Findings findings) {
    var text = new StringWriter();
    try {
      var xml = XMLOutputFactory.newFactory().createXMLStreamWriter(text);
      xml.writeStartDocument("UTF-8", "1.0");
      xml.writeCharacters("\n");
      xml.writeStartElement("testsuites");
      xml.writeAttribute("name", "pgtopo diff");
      for (var cluster : findings.clusters()) {
        new DiffJunit(xml).suite(cluster);
      }
      xml.writeCharacters("\n");
      xml.writeEndElement();
      xml.writeEndDocument();
      xml.close();
    } catch (XMLStreamException bug) {
      throw new IllegalStateException("not representable as XML", bug);
    }
    return text + "\n";
  }

  private void suite(Findings.OfCluster cluster) throws XMLStreamException {
    var unknown = cluster.open().stream().filter(Finding::isUnverifiable).count();
    xml.writeCharacters("\n  ");
    xml.writeStartElement("testsuite");
    xml.writeAttribute("name", cluster.cluster());
    xml.writeAttribute("tests", String.valueOf(cluster.agreed().size() + cluster.open().size()));
    xml.writeAttribute("failures", String.valueOf(cluster.open().size() - unknown));
    xml.writeAttribute("errors", String.valueOf(unknown));
    for (var kind : cluster.agreed()) {
      xml.writeCharacters("\n    ");
      xml.writeEmptyElement("testcase");
      names(cluster.cluster(), kind);
    }
    for (var finding : cluster.open()) {
      testcase(cluster.cluster(), finding);
    }
    xml.writeCharacters("\n  ");
    xml.writeEndElement();
  }

  private void testcase(String cluster, Finding finding) throws XMLStreamException {
    xml.writeCharacters("\n    ");
    xml.writeStartElement("testcase");
    names(cluster, finding.topic() + " " + finding.subject());
    xml.writeCharacters("\n      ");
    xml.writeStartElement(finding.isUnverifiable() ? "error" : "failure");
    xml.writeAttribute("type", finding.severity());
    xml.writeAttribute("message", printable(message(finding)));
    xml.writeCharacters(printable(String.join("\n", finding.proof())));
    xml.writeEndElement();
    xml.writeCharacters("\n    ");
    xml.writeEndElement();
  }

  private void names(String cluster, String name) throws XMLStreamException {
    xml.writeAttribute("classname", printable(cluster));
    xml.writeAttribute("name", printable(name));
  }

  private static String message(Finding finding) {
    return finding.isUnverifiable()
        ? finding.declared()
        : "declared " + finding.declared() + ", live " + finding.live();
  }

  /** XML has no form for control characters, which a server's message may hold. */
  private static String printable(String text) {
    return text.replaceAll("[\\p{Cntrl}&&[^\\n]]", "?");
  }
}
