package io.pgtopo.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.live.SelfSigned;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.postgres.HostileServer.Cell;
import io.pgtopo.agent.postgres.HostileServer.Manner;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server, or whoever listens at its address, that sends more than it should. */
@Timeout(120)
class HostileServerTest {
  private static final int CLAIMED = 0x3fff_ffff;

  /** Something that is written without an end. */
  private interface Endless {
    void write(DataOutputStream out, long nth) throws IOException;
  }

  private static void forever(DataOutputStream out, Endless part) throws IOException {
    for (long nth = 0; true; nth++) {
      part.write(out, nth);
    }
  }

  /** Attacks at the login. */
  private static Manner atLogin(Endless part) {
    return new Manner() {
      @Override
      public boolean login(DataOutputStream out) throws IOException {
        forever(out, part);
        return true;
      }

      @Override
      public List<Cell> row(String sql) {
        return HostileRows.of(sql);
      }
    };
  }

  /** Attacks in the answer to the statement of a poll. */
  private static Manner atPoll(Endless part) {
    return new Manner() {
      @Override
      public boolean rows(String sql, DataOutputStream out) throws IOException {
        if (sql.contains("pg_is_in_recovery")) {
          forever(out, part);
        }
        return false;
      }

      @Override
      public List<Cell> row(String sql) {
        return HostileRows.of(sql);
      }
    };
  }

  private static void filler(DataOutputStream out) throws IOException {
    out.write(new byte[8192]);
  }

  private static final Manner HUGE_ERROR =
      atLogin(
          (out, nth) -> {
            if (nth == 0) {
              out.writeByte('E');
              out.writeInt(0x7fff_ffff);
              out.write(HostileServer.text("SFATAL\0M"));
            }
            filler(out);
          });

  private static Manner claimedRow(int size) {
    return atPoll(
        (out, nth) -> {
          if (nth == 0) {
            out.writeByte('D');
            out.writeInt(size + 10);
            out.writeShort(1);
            out.writeInt(size);
          }
          filler(out);
        });
  }

  private static final Manner LYING_ROW =
      atPoll(
          (out, nth) -> {
            if (nth == 0) {
              out.writeByte('D');
              out.writeInt(10);
              out.writeShort(1);
              out.writeInt(CLAIMED);
            }
            filler(out);
          });

  private static final Manner ROWS =
      atPoll((out, nth) -> out.write(HostileServer.message('D', new byte[2])));

  private static final Manner NOTICES =
      atPoll(
          (out, nth) ->
              out.write(
                  HostileServer.message(
                      'N', HostileServer.text("SWARNING\0C01000\0Mnotice " + nth + "\0\0"))));

  private static final Manner PARAMETERS =
      atPoll(
          (out, nth) ->
              out.write(HostileServer.message('S', HostileServer.text("p" + nth + "\0x\0"))));

  private static final Manner UNENDING_TEXT =
      atLogin(
          (out, nth) -> {
            if (nth == 0) {
              out.write(HostileServer.message('R', new byte[4]));
              out.writeByte('S');
              out.writeInt(100);
            }
            out.write(HostileServer.text("a".repeat(8192)));
          });

  private static Manner hugeArray() {
    return with("slots", "{{" + "1,".repeat(900_000) + "1}}");
  }

  private static Manner with(String column, String value) {
    return sql ->
        HostileRows.of(sql).stream()
            .map(cell -> cell.name().equals(column) ? new Cell(column, cell.type(), value) : cell)
            .toList();
  }

  private static final Manner NO_PROCESS =
      new Manner() {
        @Override
        public List<Cell> row(String sql) {
          return HostileRows.of(sql);
        }

        @Override
        public List<Cell> process() {
          return List.of();
        }
      };

  @Test
  void a_server_that_is_well_is_reachable() throws IOException {
    try (var server = new HostileServer(HostileRows::of);
        var probe = HostilePolls.probe()) {
      assertThat(probe.observe(server.endpoint())).isInstanceOf(Observation.Reachable.class);
    }
  }

  @Test
  void no_flood_of_a_server_fills_the_memory_of_the_service() throws IOException {
    assertLives(
        List.of(
            HUGE_ERROR,
            claimedRow(CLAIMED),
            claimedRow(12_000_000),
            LYING_ROW,
            ROWS,
            NOTICES,
            PARAMETERS,
            UNENDING_TEXT,
            hugeArray()),
        Optional.empty());
  }

  @Test
  void nor_does_one_within_tls(@TempDir Path directory) throws Exception {
    var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(SelfSigned.store(directory), SelfSigned.PASSWORD.toCharArray());
    var tls = SSLContext.getInstance("TLS");
    tls.init(keys.getKeyManagers(), null, null);

    assertLives(List.of(HUGE_ERROR, claimedRow(12_000_000), LYING_ROW, NOTICES), Optional.of(tls));
  }

  @Test
  @Timeout(60)
  void a_server_without_a_row_for_its_process_holds_up_no_poll_and_no_connection()
      throws IOException {
    try (var server = new HostileServer(NO_PROCESS);
        var probe = HostilePolls.probe()) {
      var seen = (Observation.Unreachable) probe.observe(server.endpoint());

      assertThat(seen.failure().kind()).isEqualTo(Failure.Kind.MALFORMED);
      assertThat(seen.failure().kind()).isEqualTo(Failure.Kind.MALFORMED);
      assertThat(seen.failure().message()).contains("no number of its process");
      while (server.sessions() > 0) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void rows_that_are_cut_off_are_hidden_and_counted() throws IOException {
    var row = "{s,NULL,NULL,NULL,false,NULL,NULL,NULL,NULL,NULL,NULL,false,false,100000}";
    var rows = "{" + (row + ",").repeat(1000) + row + "}";
    try (var server = new HostileServer(with("slots", rows));
        var probe = HostilePolls.probe()) {
      var seen = (Observation.Reachable) probe.observe(server.endpoint());

      assertThat(seen.facts().replication().slotRows())
          .isEqualTo(
              Reading.denied("not read: the server has 100000 replication slots, more than 1000"));
      assertThat(seen.facts().replication().senders()).isInstanceOf(Reading.Seen.class);
    }
  }

  @Test
  void walsenders_that_are_cut_off_are_hidden_and_counted() throws IOException {
    var row =
        "{77,replicator,pg-test-2,NULL,127.0.0.3,40000,1700000002.5,streaming,async,0/3000060,0/3000060,"
            + "0/3000060,0/3000060,1700000099.9,5000}";
    var rows = "{" + (row + ",").repeat(1000) + row + "}";
    try (var server = new HostileServer(with("wal_senders", rows));
        var probe = HostilePolls.probe()) {
      var seen = (Observation.Reachable) probe.observe(server.endpoint());

      assertThat(seen.facts().replication().senders())
          .isEqualTo(Reading.denied("not read: the server has 5000 walsenders, more than 1000"));
      assertThat(seen.facts().replication().slotRows()).isInstanceOf(Reading.Seen.class);
    }
  }

  private static void assertLives(List<Manner> attacks, Optional<SSLContext> tls)
      throws IOException {
    var servers = new ArrayList<HostileServer>();
    try {
      for (var attack : attacks) {
        servers.add(new HostileServer(attack, tls));
      }
      servers.add(new HostileServer(HostileRows::of, tls));
      var outcomes =
          HostilePolls.inSmallMemory(servers.stream().map(HostileServer::endpoint).toList());

      assertThat(outcomes).hasSize(attacks.size() + 1);
      assertThat(outcomes.getLast()).isEqualTo("reachable");
      assertThat(outcomes.subList(0, attacks.size()))
          .allMatch(outcome -> outcome.startsWith("too_large: it "));
    } finally {
      for (var server : servers) {
        server.close();
      }
    }
  }
}
