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
import java.util.regex.Pattern;

/**
 * One row of a statement, or of a {@link NestedView}.
 *
 * @param cells texts by the names of their columns, without NULL
 */
record Row(Map<String, String> cells) {
  /**
   * As {@code extract} prints: a double precision before 14, which is rounded or has an exponent
   * where it is small. More digits would take the memory and the time of all.
   */
  private static final Pattern SECONDS = Pattern.compile("-?\\d{1,17}(\\.\\d{1,24})?(e-\\d{1,2})?");

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

  /** A column of {@link NestedView#bytes} that is never NULL. */
  String name(String column) {
    return ObjectName.of(required(column));
  }

  /** A column of {@link NestedView#bytes}. */
  Optional<String> bytes(String column) {
    return text(column).map(ObjectName::of);
  }

  Optional<Integer> number(String column) {
    return text(column).map(Integer::parseInt);
  }

  /** An oid, of 32 bits without a sign. */
  Optional<Long> oid(String column) {
    return text(column).map(Integer::parseUnsignedInt).map(Integer::toUnsignedLong);
  }

  /** A TCP port, 0 where it is unknown. */
  Optional<Integer> port(String column) {
    var port = number(column);
    if (port.filter(it -> it < 0 || it > 65_535).isPresent()) {
      throw new IllegalArgumentException("not a port: " + port.get());
    }
    return port;
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
        .map(Row::seconds)
        .map(
            seconds ->
                Instant.ofEpochSecond(
                    seconds.longValue(),
                    seconds.remainder(BigDecimal.ONE).movePointRight(9).longValue()));
  }

  /** A duration in seconds; zero if the clock was set back. */
  Optional<Duration> duration(String column) {
    return text(column)
        .map(text -> seconds(text).movePointRight(3).longValue())
        .map(millis -> Duration.ofMillis(Math.max(0, millis)));
  }

  private static BigDecimal seconds(String text) {
    if (!SECONDS.matcher(text).matches()) {
      throw new IllegalArgumentException("not a number of seconds: " + text);
    }
    return new BigDecimal(text);
  }

  Backend backend() {
    return new Backend(number("pid").orElse(0), instant("backend_start"));
  }
}
