package io.pgtopo.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The data directory that all servers of one version start from: made by initdb once, with roles
 * and settings.
 */
record DataTemplate(Binaries binaries, ServerUser user) {
  private static final String ACCESS =
      """
      # TYPE DATABASE    USER    ADDRESS  METHOD
      local  all         all              trust
      local  replication all              trust
      host   all         locked  all      scram-sha-256
      host   all         all     all      trust
      host   replication all     all      trust
      """;

  // One command a line, as single-user mode reads them.
  private static final String ROLES =
      """
      SET password_encryption = 'scram-sha-256'
      CREATE ROLE dbuser_monitor LOGIN PASSWORD 'DBUser.Monitor' IN ROLE pg_monitor
      CREATE ROLE plain LOGIN
      CREATE ROLE replicator LOGIN REPLICATION
      CREATE ROLE locked LOGIN PASSWORD 'DBUser.Locked' IN ROLE pg_monitor
      """;

  /**
   * The template's directory in the cache; {@code scratch} is a path to which the servers' user may
   * write.
   */
  Path in(Cache cache, Path scratch) {
    var name = "%s-template-%08x".formatted(binaries.name(), recipe());
    return cache.keep(
        name,
        target -> {
          make(scratch);
          FileTree.copy(scratch, target, user, path -> true);
          FileTree.delete(scratch);
        });
  }

  /** Settings of every server: small and quick. */
  String configuration() {
    var major = binaries.major();
    var text =
        new StringBuilder(
            """

            # max_connections, max_worker_processes and max_wal_senders stay as initdb set them:
            # pg_control has them, and a standby with less than its primary refuses to start.
            unix_socket_directories = ''
            fsync = off
            wal_log_hints = on
            shared_buffers = 2MB
            wal_buffers = 64kB
            temp_buffers = 800kB
            dynamic_shared_memory_type = mmap
            max_logical_replication_workers = 0
            max_parallel_workers = 0
            autovacuum = off
            hot_standby = on
            wal_retrieve_retry_interval = 100ms
            wal_receiver_status_interval = 1s
            log_checkpoints = off
            log_line_prefix = '%m [%p] '
            """);
    // WAL is kept in segments, of 1 MB from version 11 on and of 16 MB before.
    text.append(major >= 11 ? "min_wal_size = 2MB\nmax_wal_size = 16MB\n" : "");
    text.append(major >= 13 ? "wal_keep_size = 16MB\n" : "");
    text.append(major == 11 || major == 12 ? "wal_keep_segments = 16\n" : "");
    text.append(major == 10 ? "wal_keep_segments = 2\nmin_wal_size = 32MB\n" : "");
    text.append(major >= 11 ? "jit = off\n" : "");
    text.append(major >= 18 ? "io_method = sync\n" : "");
    return text + "include_if_exists = '" + DataDirectory.SETTINGS + "'\n";
  }

  private void make(Path data) {
    try {
      Files.createDirectory(data, DataDirectory.OWNER_ONLY);
      user.own(data);
      Command.run(data, initdb(data));
      Files.writeString(
          data.resolve("postgresql.conf"), configuration(), StandardOpenOption.APPEND);
      Files.writeString(data.resolve("pg_hba.conf"), ACCESS);
      var singleUser =
          user.command(binaries.program("postgres"), "--single", "-D", data.toString(), "postgres");
      Command.run(data, singleUser, ROLES);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private List<String> initdb(Path data) {
    var options = List.of("-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync");
    var words =
        Command.join(user.command(binaries.program("initdb"), "-D", data.toString()), options);
    return Command.join(words, binaries.major() >= 11 ? List.of("--wal-segsize=1") : List.of());
  }

  /** A number that changes when this class would make another template. */
  private int recipe() {
    var crc = new CRC32C();
    crc.update((configuration() + ACCESS + ROLES).getBytes(StandardCharsets.UTF_8));
    return (int) crc.getValue();
  }
}
