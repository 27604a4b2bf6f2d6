package io.pgtopo.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.postgres.HostileServer.Cell;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Values that no PostgreSQL answers. The long form is {@code -Dattack.seconds=N -Dattack.seed=N}.
 */
class MalformedAnswersTest {
  private static final long SECONDS = Long.getLong("attack.seconds", 0);
  private static final long FIRST_SEED = Long.getLong("attack.seed", 0);
  private static final int TRIES = 200;

  private static final List<String> VALUES =
      List.of(
          "-1/zz",
          "FFFFFFFF/FFFFFFFF",
          "4294967295",
          "2147483647",
          "-2147483648",
          "-5",
          "0",
          "99999",
          "Infinity",
          "-Infinity",
          "NaN",
          "1e999999999",
          "-1e-999999999",
          "99999999999999999999999999",
          "9999999999",
          "-9999999999.5",
          "zz",
          "t",
          "[::1",
          "127.0.0.1",
          "host=,port=",
          "host=a,b port=-1,0",
          "postgres://[/?host=",
          "ZZZZZZZZ0000000000000001",
          "FFFFFFFF00000001000000FF",
          "{}",
          "\"",
          "\\",
          "streaming",
          "lost",
          "'",
          "ANY 99 (",
          "");

  private static final Pattern ELEMENT = Pattern.compile("(?<=[{,])[^{},]+(?=[},])");

  /** The row of a server that is well, with some values that are not. */
  private static List<Cell> spoilt(String sql, Random random) {
    var row = new ArrayList<>(HostileRows.of(sql));
    for (var times = 1 + random.nextInt(3); times > 0 && !row.isEmpty(); times--) {
      var at = random.nextInt(row.size());
      var cell = row.get(at);
      row.set(at, new Cell(cell.name(), cell.type(), spoilt(cell, random)));
    }
    if (random.nextInt(3) == 0) {
      row.replaceAll(
          cell -> cell.name().equals("in_recovery") ? new Cell("in_recovery", 16, "t") : cell);
    }
    return row;
  }

  private static String spoilt(Cell cell, Random random) {
    var value = VALUES.get(random.nextInt(VALUES.size()));
    if (cell.type() != HostileServer.TEXTS || random.nextInt(6) == 0) {
      return value;
    }
    var quoted = "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    var elements = ELEMENT.matcher(String.valueOf(cell.value())).results().toList();
    if (elements.isEmpty()) {
      return "{{" + quoted + "}}";
    }
    var element = elements.get(random.nextInt(elements.size()));
    return new StringBuilder(String.valueOf(cell.value()))
        .replace(element.start(), element.end(), quoted)
        .toString();
  }

  @Test
  void a_malformed_answer_is_a_failure_of_its_server_and_of_nothing_else() throws IOException {
    var random = new AtomicReference<>(new Random(0));
    var end = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
    var seed = FIRST_SEED;
    try (var server = new HostileServer(sql -> spoilt(sql, random.get()));
        var well = new HostileServer(HostileRows::of);
        var probe = HostilePolls.probe()) {
      var kinds = EnumSet.noneOf(Failure.Kind.class);
      for (; seed < FIRST_SEED + TRIES || System.nanoTime() < end; seed++) {
        random.set(new Random(seed));
        var polled = probe.observe(server.endpoint());
        var other = probe.observe(well.endpoint());
        if (polled instanceof Observation.Unreachable failed) {
          kinds.add(failed.failure().kind());
        }
        assertThat(other).as("seed %d", seed).isInstanceOf(Observation.Reachable.class);
        HostileCycles.assertHarmless("seed %d: %s".formatted(seed, polled), polled, other);
      }
      // A server of the test that gets no CPU is hung.
      assertThat(kinds)
          .contains(Failure.Kind.MALFORMED)
          .isSubsetOf(Failure.Kind.MALFORMED, Failure.Kind.HUNG);
    }
    System.out.printf("attack: %d malformed answers from seed %d%n", seed - FIRST_SEED, FIRST_SEED);
  }
}
