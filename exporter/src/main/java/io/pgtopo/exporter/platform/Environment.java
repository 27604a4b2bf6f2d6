package io.pgtopo.exporter.platform;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** The variables of the process. */
public final class Environment {
  private static final Path OF_PROCESS = Path.of("/proc/self/environ");

  private Environment() {}

  /**
   * The variables as UTF-8: the JDK decodes them by the locale, and turns an umlaut of a password
   * into another character under {@code LC_ALL=C}, where psql sends it as it is.
   */
  public static Map<String, String> ofProcess() {
    try {
      return parse(Files.readAllBytes(OF_PROCESS));
    } catch (IOException noProc) {
      return System.getenv();
    }
  }

  /** Entries that end with NUL each; one without a name or a value is none. */
  static Map<String, String> parse(byte[] entries) {
    var variables = new TreeMap<String, String>();
    for (var entry : new String(entries, StandardCharsets.UTF_8).split("\0", -1)) {
      var equals = entry.indexOf('=');
      if (equals > 0) {
        variables.putIfAbsent(entry.substring(0, equals), entry.substring(equals + 1));
      }
    }
    return Collections.unmodifiableMap(variables);
  }
}
