package io.pgtopo.config.model;

import java.util.Locale;

/** An enum whose constants have a stable label: a metric label, an API value or a setting. */
public interface Labelled {
  /** The constant's name, of {@link Enum}. */
  String name();

  /** The name in lower case. */
  default String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The constant of a label, as far as it is known. */
  static <E extends Labelled> E parse(String label, E[] constants, E otherwise) {
    for (var constant : constants) {
      if (constant.label().equals(label)) {
        return constant;
      }
    }
    return otherwise;
  }
}
