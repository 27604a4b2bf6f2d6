package io.pgtopo.agent.drift;

/**
 * One field that is not as declared.
 *
 * @param path the inventory's word for the field, such as {@code owner}; {@value #STATE} for
 *     whether the whole of it is there
 * @param declared what is declared of it
 * @param live what is there
 */
public record Difference(String path, String declared, String live) {
  /** The path of a difference between being there and not. */
  public static final String STATE = "state";

  /** Whether this is about being there at all. */
  public boolean isAboutState() {
    return path.equals(STATE);
  }

  /** PostgreSQL allows any character in a name, and a terminal obeys some of them. */
  public static String printable(String name) {
    return name.replaceAll("\\p{Cntrl}", "?");
  }
}
