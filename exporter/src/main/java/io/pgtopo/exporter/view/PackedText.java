package io.pgtopo.exporter.view;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** A text that is packed with the program. */
public final class PackedText {
  private static final String FOLDER = "/io/pgtopo/exporter/";

  private PackedText() {}

  public static boolean exists(String name) {
    return PackedText.class.getResource(FOLDER + name) != null;
  }

  public static String of(String name) {
    try (var in = PackedText.class.getResourceAsStream(FOLDER + name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is missing on the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }
}
