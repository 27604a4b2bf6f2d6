package io.pgtopo.exporter.text;

import io.pgtopo.exporter.view.DriftReport;
import io.pgtopo.exporter.view.DriftView;
import java.io.StringWriter;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * What differs, as the XML that CI servers read: a suite a cluster; in it a passed case for each
 * kind that was judged and found nowhere, a failure for each drift, an error for what could not be
 * judged, and a skipped one for what is ignored or suspended.
 */
public final class DiffJunit {
  private final XMLStreamWriter xml;

  private DiffJunit(XMLStreamWriter xml) {
    this.xml = xml;
  }

  public static String render(DriftReport report) {
    var text = new StringWriter();
    try {
      var xml = XMLOutputFactory.newFactory().createXMLStreamWriter(text);
      xml.writeStartDocument("UTF-8", "1.0");
      xml.writeCharacters("\n");
      xml.writeStartElement("testsuites");
      xml.writeAttribute("name", "pgtopo diff");
      for (var cluster : report.clusters()) {
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

  private void suite(DriftReport.OfCluster cluster) throws XMLStreamException {
    var unknown = cluster.open().stream().filter(DriftView::isUnverifiable).count();
    xml.writeCharacters("\n  ");
    xml.writeStartElement("testsuite");
    xml.writeAttribute("name", cluster.cluster());
    xml.writeAttribute(
        "tests",
        String.valueOf(cluster.agreed().size() + cluster.open().size() + cluster.quiet().size()));
    xml.writeAttribute("failures", String.valueOf(cluster.open().size() - unknown));
    xml.writeAttribute("errors", String.valueOf(unknown));
    xml.writeAttribute("skipped", String.valueOf(cluster.quiet().size()));
    for (var kind : cluster.agreed()) {
      xml.writeCharacters("\n    ");
      xml.writeEmptyElement("testcase");
      names(cluster.cluster(), kind);
    }
    for (var drift : cluster.open()) {
      testcase(cluster.cluster(), drift);
    }
    for (var drift : cluster.quiet()) {
      skipped(cluster.cluster(), drift);
    }
    xml.writeCharacters("\n  ");
    xml.writeEndElement();
  }

  private void testcase(String cluster, DriftView drift) throws XMLStreamException {
    xml.writeCharacters("\n    ");
    xml.writeStartElement("testcase");
    names(cluster, drift.topic() + " " + drift.subject());
    xml.writeCharacters("\n      ");
    xml.writeStartElement(drift.isUnverifiable() ? "error" : "failure");
    xml.writeAttribute("type", drift.severity());
    xml.writeAttribute("message", printable(message(drift)));
    xml.writeCharacters(printable(String.join("\n", drift.proof())));
    xml.writeEndElement();
    xml.writeCharacters("\n    ");
    xml.writeEndElement();
  }

  private void skipped(String cluster, DriftView drift) throws XMLStreamException {
    xml.writeCharacters("\n    ");
    xml.writeStartElement("testcase");
    names(cluster, drift.topic() + " " + drift.subject());
    xml.writeCharacters("\n      ");
    xml.writeEmptyElement("skipped");
    xml.writeAttribute(
        "message", printable(drift.accepted().map(it -> it + "; ").orElse("") + message(drift)));
    xml.writeCharacters("\n    ");
    xml.writeEndElement();
  }

  private void names(String cluster, String name) throws XMLStreamException {
    xml.writeAttribute("classname", printable(cluster));
    xml.writeAttribute("name", printable(name));
  }

  private static String message(DriftView drift) {
    return drift.isUnverifiable() ? drift.declared() : drift.difference();
  }

  /** XML has no form for control characters, which a server's message may hold. */
  private static String printable(String text) {
    return text.replaceAll("[\\p{Cntrl}&&[^\\n]]", "?");
  }
}
