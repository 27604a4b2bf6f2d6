package io.pgtopo.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.postgres.Recording.Recorder;
import io.pgtopo.agent.postgres.Recording.Replay;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.settings.Connection;
import io.pgtopo.lab.Lab;
import io.pgtopo.lab.Postgres;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A conversation that a real PostgreSQL had with the agent is replayed with bytes that are changed,
 * missing or too many, by a seed. The long form is {@code -Dattack.seconds=N -Dattack.seed=N}.
 */
@Timeout(7500)
class MutatedConversationIT {
  private static final long SECONDS = Long.getLong("attack.seconds", 0);
  private static final long FIRST_SEED = Long.getLong("attack.seed", 0);
  private static final int TRIES = 100;
  private static final Duration DEADLINE = Duration.ofMillis(500);
  private static final int[] LENGTHS = {-1, 0, 3, 4, 5, 0xffff, 0x7fff_ffff, 0x8000_0000};

  private static JdbcProbe probe(Duration deadline) {
    return new JdbcProbe(
        new Connection("dbuser_monitor", "postgres", Optional.empty(), Connection.SslMode.DISABLE),
        deadline,
        InstantSource.system()::instant);
  }

  /** Two polls of a real server, the first with its full reading. */
  private static Recording recorded(int major) throws IOException {
    try (var lab = Lab.open(Postgres.version(major), progress -> {})) {
      var cluster = lab.cluster("pg-test").primary(1).replica(2).start();
      var primary = cluster.instance(1);
      primary.execute("SELECT pg_create_physical_replication_slot('unused')");
      try (var recorder = new Recorder(new Endpoint(primary.host(), primary.port()));
          var probe = probe(Duration.ofSeconds(30))) {
        for (var poll = 0; poll < 2; poll++) {
          assertThat(probe.observe(recorder.endpoint())).isInstanceOf(Observation.Reachable.class);
        }
        return recorder.recording();
      }
    }
  }

  @Test
  void no_bytes_of_a_server_are_a_bug_of_the_agent_or_an_endless_poll() throws IOException {
    var seed = FIRST_SEED;
    var kinds = EnumSet.noneOf(Failure.Kind.class);
    var reachable = 0L;
    var end = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
    var recording = recorded(18);
    try (var honest = new Replay(recording, MutatedConversationIT::honestly);
        var calm = probe(Duration.ofSeconds(30))) {
      var well = calm.observe(honest.endpoint());
      assertThat(well).as("unchanged").isInstanceOf(Observation.Reachable.class);
      for (; seed < FIRST_SEED + TRIES || System.nanoTime() < end; seed++) {
        var mutation = new Mutation(seed, recording.turns().size());
        try (var server = new Replay(recording, mutation);
            var probe = probe(DEADLINE)) {
          for (var poll = 0; poll < 2; poll++) {
            var polled = probe.observe(server.endpoint());
            switch (polled) {
              case Observation.Reachable it -> reachable++;
              case Observation.Unreachable it -> kinds.add(it.failure().kind());
            }
            HostileCycles.assertHarmless("seed %d: %s".formatted(seed, polled), polled, well);
          }
        }
      }
    }
    assertThat(reachable).as("changes that do no harm").isPositive();
    assertThat(kinds)
        .contains(Failure.Kind.MALFORMED, Failure.Kind.CONNECTION_LOST)
        .doesNotContain(Failure.Kind.AGENT_BUG);
    System.out.printf(
        "attack: %d mutated conversations from seed %d, failures %s%n",
        seed - FIRST_SEED, FIRST_SEED, kinds);
  }

  private static boolean honestly(int turn, byte[] recorded, Socket client) throws IOException {
    client.getOutputStream().write(recorded);
    return true;
  }

  /** What a seed makes of one turn; most of them end the conversation with it. */
  private static final class Mutation implements Recording.Answer {
    private final long seed;
    private final int turn;
    private final boolean goesOn;

    Mutation(long seed, int turns) {
      this.seed = seed;
      var random = new Random(seed);
      this.turn = random.nextInt(turns);
      this.goesOn = random.nextInt(8) == 0;
    }

    @Override
    public boolean send(int at, byte[] recorded, Socket client) throws IOException {
      if (at != turn) {
        return honestly(at, recorded, client);
      }
      client.getOutputStream().write(mutated(recorded, new Random(~seed)));
      if (!goesOn) {
        client.shutdownOutput();
      }
      return goesOn;
    }

    private static byte[] mutated(byte[] turn, Random random) {
      var at = random.nextInt(turn.length);
      var size = Math.min(turn.length - at, 1 + random.nextInt(64));
      var bytes = turn.clone();
      return switch (random.nextInt(7)) {
        case 0 -> Arrays.copyOf(turn, at);
        case 1 -> joined(Arrays.copyOf(turn, at), Arrays.copyOfRange(turn, at + size, turn.length));
        case 2 -> joined(Arrays.copyOf(turn, at + size), Arrays.copyOfRange(turn, at, turn.length));
        case 3 -> {
          var noise = new byte[size];
          random.nextBytes(noise);
          yield joined(
              joined(Arrays.copyOf(turn, at), noise), Arrays.copyOfRange(turn, at, turn.length));
        }
        case 4 -> {
          var start = message(turn, random.nextInt(20));
          ByteBuffer.wrap(bytes).putInt(start + 1, LENGTHS[random.nextInt(LENGTHS.length)]);
          yield bytes;
        }
        case 5 -> {
          bytes[message(turn, random.nextInt(20))] = (byte) random.nextInt(128);
          yield bytes;
        }
        default -> {
          for (var times = 1 + random.nextInt(4); times > 0; times--) {
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
          }
          yield bytes;
        }
      };
    }

    /** Where one of the first messages of a turn begins. */
    private static int message(byte[] turn, int nth) {
      var at = 0;
      for (var skipped = 0; skipped < nth; skipped++) {
        var next = at + 1 + ByteBuffer.wrap(turn).getInt(at + 1);
        if (next >= turn.length) {
          return at;
        }
        at = next;
      }
      return at;
    }

    private static byte[] joined(byte[] one, byte[] other) {
      return ByteBuffer.allocate(one.length + other.length).put(one).put(other).array();
    }
  }
}
