package io.pgtopo.config.model;

/**
 * A value whose text form is {@code ***}.
 *
 * @param reveal the value itself, for the code that sends it to a server
 */
public record Secret(String reveal) {
  @Override
  public String toString() {
    return "***";
  }
}
