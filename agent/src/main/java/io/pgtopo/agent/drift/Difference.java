package io.pgtopo.agent.drift;

/**
 * One field of a database or role that is not as declared.
 *
 * @param path the inventory's name of the field, such as {@code owner}
 */
public record Difference(String path, String declared, String live) {
  /** PostgreSQL allows any character in a name, and a terminal obeys some of them. */
  public static String printable(String name) {
    return name.replaceAll("\\p{Cntrl}", "?");
  }
}
