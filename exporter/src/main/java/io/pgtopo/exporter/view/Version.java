package io.pgtopo.exporter.view;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Which pgtopo this is. */
public final class Version {
  private static final String CURRENT = read();

  private Version() {}

  /** The version of the build, such as {@code 0.1.0}. */
  public static String current() {
    return CURRENT;
  }

  /** The version of the JVM that it runs on. */
  public static String java() {
    return Runtime.version().toString();
  }

  private static String read() {
    try (var in = Version.class.getResourceAsStream("/io/pgtopo/exporter/version.properties")) {
      if (in == null) {
        throw new IllegalStateException("version.properties is missing beside " + Version.class);
      }
      var properties = new Properties();
      properties.load(in);
      return properties.getProperty("version", "unknown");
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }
}
