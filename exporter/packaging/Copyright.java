import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;

/**
 * Prints the package's copyright file in Debian's machine-readable format, with the licences of all jars as the SBOM has them
 * from their POMs: {@code java Copyright.java BOM.xml JARS LICENCES}.
 *
 * <p>Exits with 1 and says why if the SBOM does not list exactly the jars in the directory JARS, or if the directory LICENCES has
 * the text of no licence of a jar.
 */
// A program of one file, which the build runs from its source.
@SuppressWarnings("DefaultPackage")
final class Copyright {
  private static final String HEAD =
      """
      Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
      Upstream-Name: pgtopo
      Comment: Generated from the POMs of the jars. A jar with several licences may be used under any of them.
       What a jar bundles, and the notices of its authors, are in its META-INF.

      Files: *
      Copyright: 2026 The pgtopo authors
      License: Apache-2.0

      Files: usr/lib/pgtopo/jre/*
      Copyright: Oracle and/or its affiliates, and the contributors to OpenJDK
      License: GPL-2.0-with-classpath-exception
      Comment: usr/lib/pgtopo/jre/legal has the licences of what it includes.

      Files: usr/lib/pgtopo/libjunixsocket-native.so
      Copyright: the authors of com.kohlschutter.junixsocket
      License: Apache-2.0
      """;

  private static final List<String> LICENCES_OF_HEAD =
      List.of("Apache-2.0", "GPL-2.0-with-classpath-exception");

  /** A licence as a POM names it, and where its text is. */
  private record Licence(String name, String url) {}

  /** A library. It may be used under any of its licences. */
  private record Jar(String file, String holders, List<Licence> licences) {}

  private Copyright() {}

  public static void main(String[] arguments) throws Exception {
    var jars = jars(Path.of(arguments[0]));
    var texts = Path.of(arguments[2]);
    var problems = problems(jars, Path.of(arguments[1]), texts);
    problems.forEach(problem -> System.err.println("copyright: " + problem));
    if (!problems.isEmpty()) {
      System.exit(1);
    }
    System.out.write((HEAD + text(jars, texts)).getBytes(StandardCharsets.UTF_8));
    System.out.flush();
  }

  private static List<Jar> jars(Path bom) throws Exception {
    var factory = DocumentBuilderFactory.newDefaultInstance();
    var components = factory.newDocumentBuilder().parse(bom.toFile()).getDocumentElement();
    return children(components, "components")
        .flatMap(it -> children(it, "component"))
        .map(Copyright::jar)
        .sorted(Comparator.comparing(Jar::file))
        .toList();
  }

  private static Jar jar(Element component) {
    var name = content(component, "name");
    var publisher = content(component, "publisher");
    return new Jar(
        name + "-" + content(component, "version") + ".jar",
        (publisher.isEmpty() ? "" : publisher + ", and ") + "the authors of " + content(component, "group") + ":" + name,
        children(component, "licenses").flatMap(it -> children(it, "license")).map(Copyright::licence).toList());
  }

  private static Licence licence(Element licence) {
    var name = content(licence, "id") + content(licence, "name");
    return new Licence(name.replace(' ', '-'), content(licence, "url"));
  }

  private static Stream<Element> children(Element parent, String name) {
    var nodes = parent.getChildNodes();
    return IntStream.range(0, nodes.getLength())
        .mapToObj(nodes::item)
        .filter(it -> it.getNodeName().equals(name))
        .map(Element.class::cast);
  }

  private static String content(Element parent, String name) {
    return children(parent, name).map(Element::getTextContent).map(String::strip).findFirst().orElse("");
  }

  private static List<String> problems(List<Jar> jars, Path directory, Path texts) throws IOException {
    var problems = new ArrayList<String>();
    var unlisted = new TreeSet<String>();
    try (var files = Files.list(directory)) {
      files.forEach(file -> unlisted.add(file.getFileName().toString()));
    }
    for (var jar : jars) {
      if (!unlisted.remove(jar.file())) {
        problems.add("the SBOM lists " + jar.file() + ", which is not in " + directory);
      }
      if (jar.licences().stream().noneMatch(it -> Files.exists(texts.resolve(it.name())))) {
        problems.add("no text in " + texts + " for a licence of " + jar.file() + ": " + jar.licences());
      }
    }
    unlisted.forEach(file -> problems.add("the SBOM does not list " + file));
    return problems;
  }

  private static String text(List<Jar> jars, Path texts) throws IOException {
    var out = new StringBuilder();
    var used = new TreeMap<String, String>();
    LICENCES_OF_HEAD.forEach(name -> used.put(name, ""));
    for (var jar : jars) {
      var names = jar.licences().stream().map(Licence::name).toList();
      out.append("\nFiles: usr/lib/pgtopo/lib/%s\nCopyright: %s\n".formatted(jar.file(), jar.holders()));
      out.append("License: %s\n".formatted(String.join(" or ", names)));
      jar.licences().forEach(it -> used.merge(it.name(), it.url(), (one, other) -> one.isEmpty() ? other : one));
    }
    for (var licence : used.entrySet()) {
      var file = texts.resolve(licence.getKey());
      var lines = Files.exists(file) ? Files.readAllLines(file) : List.of("The text is at " + licence.getValue());
      out.append("\nLicense: ").append(licence.getKey()).append('\n');
      lines.forEach(line -> out.append(line.isBlank() ? " ." : " " + line).append('\n'));
    }
    return out.toString();
  }
}
