package io.pgtopo.agent.observation;

/**
 * A row of {@code pg_database}, readable by every role.
 *
 * @param owner {@code datdba}, by name
 * @param encoding such as UTF8
 * @param connectionLimit {@code datconnlimit}; -1 for none
 */
public record LiveDatabase(
    String name,
    String owner,
    String encoding,
    Locale locale,
    Template template,
    Access access,
    int connectionLimit) {

  /** {@code datcollate} and {@code datctype}. */
  public record Locale(String collate, String ctype) {}

  /** {@code datistemplate}. */
  public enum Template {
    DATABASE,
    TEMPLATE
  }

  /** {@code datallowconn}. */
  public enum Access {
    OPEN,
    CLOSED
  }
}
