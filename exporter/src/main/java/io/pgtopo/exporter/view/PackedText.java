package io.pgtopo.exporter.view;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** A text that is packed with the program. */
public final class PackedText {
  private PackedText() {}

  public static String of(String name) {
    try (var in = PackedText.class.getResourceAsStream("/io/pgtopo/exporter/" + name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is missing on the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }
}
