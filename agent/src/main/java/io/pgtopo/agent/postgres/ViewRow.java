package io.pgtopo.agent.postgres;

import io.pgtopo.agent.observation.Backend;
import io.pgtopo.agent.observation.Lsn;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One row of a view that came as an array of texts, by the names of its columns. */
record ViewRow(List<String> names, List<@Nullable String> cells) {

  /** The rows of a view that came as a two-dimensional array of texts, in its order. */
  static Stream<ViewRow> of(ResultSet row, String column, List<String> names) throws SQLException {
    var array = row.getArray(column);
    if (array == null) {
      return Stream.empty();
    }
    var values = (@Nullable String[][]) array.getArray();
    return Stream.of(values).map(cells -> new ViewRow(names, Arrays.asList(cells)));
  }

  /** Empty for NULL and for the empty string: no fact here tells them apart. */
  static Optional<String> text(ResultSet row, String column) throws SQLException {
    return Optional.ofNullable(row.getString(column)).filter(value -> !value.isEmpty());
  }

  /** A moment from {@code extract(epoch FROM ...)}. */
  static Instant instant(String epochSeconds) {
    var seconds = new BigDecimal(epochSeconds);
    var whole = seconds.longValue();
    var nanos = seconds.subtract(BigDecimal.valueOf(whole)).movePointRight(9).longValue();
    return Instant.ofEpochSecond(whole, nanos);
  }

  /** A clock that was set back makes nothing come from the future. */
  static Duration sinceThen(String seconds) {
    var millis = new BigDecimal(seconds).movePointRight(3).longValue();
    return Duration.ofMillis(Math.max(0, millis));
  }

  Optional<String> text(String name) {
    return Optional.ofNullable(cells.get(names.indexOf(name))).filter(value -> !value.isEmpty());
  }

  /** A column that is never NULL. */
  String word(String name) {
    return text(name).orElse("");
  }

  Optional<Integer> number(String name) {
    return text(name).map(Integer::parseInt);
  }

  Optional<Lsn> lsn(String name) {
    return text(name).map(Lsn::parse);
  }

  /** PostgreSQL's boolean as text. */
  boolean is(String name) {
    return text(name).filter(value -> value.equals("true") || value.equals("t")).isPresent();
  }

  Backend backend() {
    return new Backend(number("pid").orElse(0), text("backend_start").map(ViewRow::instant));
  }
}
