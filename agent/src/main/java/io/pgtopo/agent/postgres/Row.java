package io.pgtopo.agent.postgres;

import io.pgtopo.agent.observation.Backend;
import io.pgtopo.agent.observation.Lsn;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One row of a statement, or of a {@link NestedView}.
 *
 * @param cells texts by the names of their columns, without NULL
 */
record Row(Map<String, String> cells) {

  /** The current row of a result, without its arrays. */
  static Row of(ResultSet result) throws SQLException {
    var columns = result.getMetaData();
    var cells = new HashMap<String, String>();
    for (var at = 1; at <= columns.getColumnCount(); at++) {
      var text = columns.getColumnType(at) == Types.ARRAY ? null : result.getString(at);
      if (text != null) {
        cells.put(columns.getColumnLabel(at), text);
      }
    }
    return new Row(cells);
  }

  boolean isNull(String column) {
    return !cells.containsKey(column);
  }

  /** Empty for NULL and for the empty string, which mean the same in most columns. */
  Optional<String> text(String column) {
    return Optional.ofNullable(cells.get(column)).filter(value -> !value.isEmpty());
  }

  /** A column that is never NULL. */
  String required(String column) {
    return text(column).orElse("");
  }

  Optional<Integer> number(String column) {
    return text(column).map(Integer::parseInt);
  }

  Optional<Lsn> lsn(String column) {
    return text(column).map(Lsn::parse);
  }

  boolean is(String column) {
    return text(column).filter(value -> value.equals("true") || value.equals("t")).isPresent();
  }

  /** A moment from {@code extract(epoch FROM ...)}. */
  Optional<Instant> instant(String column) {
    return text(column)
        .map(BigDecimal::new)
        .map(
            seconds ->
                Instant.ofEpochSecond(
                    seconds.longValue(),
                    seconds.remainder(BigDecimal.ONE).movePointRight(9).longValue()));
  }

  /** A duration in seconds; zero if the clock was set back. */
  Optional<Duration> duration(String column) {
    return text(column)
        .map(seconds -> new BigDecimal(seconds).movePointRight(3).longValue())
        .map(millis -> Duration.ofMillis(Math.max(0, millis)));
  }

  Backend backend() {
    return new Backend(number("pid").orElse(0), instant("backend_start"));
  }
}
