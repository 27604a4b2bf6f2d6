package io.pgtopo.config;

/**
 * One thing that is wrong or suspicious in an inventory or in the settings.
 *
 * @param file as the user named it
 * @param path where in the file, such as {@code all.children.pg-test.vars.pg_cluster}
 * @param line counted from 1; 0 if it concerns the whole file
 * @param message what is wanted and what was found; never a secret
 */
public record Problem(
    Code code, Severity severity, String file, String path, int line, String message) {

  /** How bad it is. */
  public enum Severity {
    /** The identity of something is unusable: nothing can be judged by it. */
    ERROR,
    /** Suspicious; the message names the consequence. */
    WARNING
  }

  /** The kind of a problem: stable, for scripts. */
  public enum Code {
    UNREADABLE,
    SYNTAX
  }

  /** {@code file:line: path: message}, as compilers print it. */
  @Override
  public String toString() {
    var where = line > 0 ? file + ":" + line : file;
    return path.isEmpty() ? where + ": " + message : where + ": " + path + ": " + message;
  }
}
