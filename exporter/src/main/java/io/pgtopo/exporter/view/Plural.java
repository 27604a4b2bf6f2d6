package io.pgtopo.exporter.view;

/** A number with its noun. */
public final class Plural {
  private Plural() {}

  public static String of(int number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }
}
