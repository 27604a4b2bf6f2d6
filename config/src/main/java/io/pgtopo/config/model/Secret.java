package io.pgtopo.config.model;

/**
 * A value that is never shown: its text form is {@code ***}.
 *
 * @param reveal the value itself; only the code that sends it to a server may ask for it
 */
public record Secret(String reveal) {
  @Override
  public String toString() {
    return "***";
  }
}
