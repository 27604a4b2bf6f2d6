package io.pgtopo.exporter.view;

/** Which pgtopo this is. */
public final class Version {
  private static final String CURRENT =
      PackedText.of("version.properties").strip().replaceFirst("^version=", "");

  private Version() {}

  /** The version of the build, such as {@code 0.1.0}. */
  public static String current() {
    return CURRENT;
  }

  /** The version of the JVM that it runs on. */
  public static String java() {
    return Runtime.version().toString();
  }
}
