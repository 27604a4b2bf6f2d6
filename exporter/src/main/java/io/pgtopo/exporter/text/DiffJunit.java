package io.pgtopo.exporter.text;

import io.pgtopo.config.model.Printable;
import io.pgtopo.exporter.view.ClusterSummary;
import io.pgtopo.exporter.view.DriftEntry;
import io.pgtopo.exporter.view.SnapshotReport;
import java.io.StringWriter;
import java.util.List;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * What differs, as the XML that CI servers read: a suite a cluster; in it a passed case for each
 * kind that was evaluated without a drift, a failure for each drift, an error for what could not be
 * evaluated, and a skipped one for what is ignored or suspended.
 */
public final class DiffJunit {
  private final XMLStreamWriter xml;

  private DiffJunit(XMLStreamWriter xml) {
    this.xml = xml;
  }

  public static String render(SnapshotReport snapshot) {
    var open = snapshot.drift().open();
    var quiet = snapshot.drift().quiet();
    var text = new StringWriter();
    try {
      var xml = XMLOutputFactory.newFactory().createXMLStreamWriter(text);
      xml.writeStartDocument("UTF-8", "1.0");
      xml.writeCharacters("\n");
      xml.writeStartElement("testsuites");
      xml.writeAttribute("name", "pgtopo diff");
      for (var cluster : snapshot.topology().clusters()) {
        var name = cluster.summary().name();
        new DiffJunit(xml)
            .suite(
                cluster.summary(),
                open.getOrDefault(name, List.of()),
                quiet.getOrDefault(name, List.of()));
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

  private void suite(ClusterSummary cluster, List<DriftEntry> open, List<DriftEntry> quiet)
      throws XMLStreamException {
    var unknown = open.stream().filter(DriftEntry::isUnverifiable).count();
    xml.writeCharacters("\n  ");
    xml.writeStartElement("testsuite");
    xml.writeAttribute("name", Printable.lines(cluster.name()));
    xml.writeAttribute(
        "tests", String.valueOf(cluster.passed().size() + open.size() + quiet.size()));
    xml.writeAttribute("failures", String.valueOf(open.size() - unknown));
    xml.writeAttribute("errors", String.valueOf(unknown));
    xml.writeAttribute("skipped", String.valueOf(quiet.size()));
    for (var kind : cluster.passed()) {
      xml.writeCharacters("\n    ");
      xml.writeEmptyElement("testcase");
      names(cluster.name(), kind);
    }
    for (var drift : open) {
      testcase(drift);
    }
    for (var drift : quiet) {
      skipped(drift);
    }
    xml.writeCharacters("\n  ");
    xml.writeEndElement();
  }

  private void testcase(DriftEntry drift) throws XMLStreamException {
    begin(drift);
    xml.writeStartElement(drift.isUnverifiable() ? "error" : "failure");
    xml.writeAttribute("type", Printable.lines(drift.severity()));
    xml.writeAttribute("message", Printable.lines(message(drift)));
    xml.writeCharacters(Printable.lines(String.join("\n", drift.evidence())));
    xml.writeEndElement();
    end();
  }

  /** One that does not count, with the rule or maintenance, or that it flaps. */
  private void skipped(DriftEntry drift) throws XMLStreamException {
    var reason = drift.accepted().map(DriftEntry.Accepted::text).or(drift::remark);
    var why = reason.map(it -> it + "; ").orElse("");
    begin(drift);
    xml.writeEmptyElement("skipped");
    xml.writeAttribute("message", Printable.lines(why + message(drift)));
    end();
  }

  private void begin(DriftEntry drift) throws XMLStreamException {
    xml.writeCharacters("\n    ");
    xml.writeStartElement("testcase");
    names(drift.cls(), drift.topic() + " " + drift.subject());
    xml.writeCharacters("\n      ");
  }

  private void end() throws XMLStreamException {
    xml.writeCharacters("\n    ");
    xml.writeEndElement();
  }

  private static String message(DriftEntry drift) {
    return drift.isUnverifiable() ? drift.declared() : drift.difference();
  }

  private void names(String cluster, String name) throws XMLStreamException {
    xml.writeAttribute("classname", Printable.lines(cluster));
    xml.writeAttribute("name", Printable.lines(name));
  }
}
