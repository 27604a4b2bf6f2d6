package io.pgtopo.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Disposable PostgreSQL clusters: real servers, each with an address of its own, which are removed
 * when the lab is closed or the JVM ends, even by SIGKILL.
 *
 * <p>Roles: {@code postgres} (superuser), {@code dbuser_monitor} (pg_monitor, password {@code
 * DBUser.Monitor}), {@code plain} (login and nothing else), {@code replicator} (replication). They
 * are trusted without a password; only {@code locked} (pg_monitor, password {@code DBUser.Locked})
 * authenticates by scram-sha-256 over TCP. So every user of this machine is superuser of a lab's
 * servers; keep nothing in them.
 */
public final class Lab implements AutoCloseable {
  private static final long ROOM_BYTES = 1L << 30;

  private final Site site;
  private final Reaper reaper;
  private final List<LabCluster> clusters = new CopyOnWriteArrayList<>();

  private Lab(Site site, Reaper reaper) {
    this.site = site;
    this.reaper = reaper;
  }

  public static Lab open(Postgres postgres, Consumer<String> progress) {
    return open(LabOptions.of(postgres).progress(progress));
  }

  /** Opens a lab; the first one of a version unpacks it and makes its template data directory. */
  public static Lab open(LabOptions options) {
    var user = ServerUser.choose();
    var id =
        Long.toString(
            ThreadLocalRandom.current().nextLong(36L * 36 * 36 * 36, 36L * 36 * 36 * 36 * 36), 36);
    var cache = Cache.open(user, id, options.progress());
    var directory = base().resolve("pgtopo-lab-" + id);
    var reaper = Reaper.start(directory, cache.directory(), id);
    try {
      var binaries = new BinarySearch(cache).find(options.postgres());
      var template =
          new DataTemplate(binaries, user).in(cache, directory.resolve("data").resolve("template"));
      var addresses =
          switch (options.network()) {
            case LOOPBACK -> LoopbackAddresses.claim(options.port());
            case NAMESPACES -> NamespaceAddresses.claim(directory, id, options.port());
          };
      return new Lab(
          new Site(directory, template, binaries, user, addresses, options.progress()), reaper);
    } catch (RuntimeException failure) {
      reaper.close();
      throw failure;
    }
  }

  public ClusterPlan cluster(String name) {
    if (clusters.stream().anyMatch(cluster -> cluster.name().equals(name))) {
      throw new IllegalArgumentException("The lab has a cluster " + name + " already");
    }
    return new ClusterPlan(this, name);
  }

  /** The clusters that have been started, in this order. */
  public List<LabCluster> clusters() {
    return List.copyOf(clusters);
  }

  /**
   * What was declared, as a Pigsty inventory in YAML; later changes and undeclared instances are
   * not in it.
   */
  public String inventory() {
    return clusters.stream()
        .map(LabCluster::inventory)
        .collect(Collectors.joining("", "all:\n  children:\n", ""));
  }

  /** The directory that holds everything of this lab. */
  public Path directory() {
    return site.directory();
  }

  /** Kills all servers and removes all traces; returns when that is done. */
  @Override
  public void close() {
    try {
      reaper.close();
    } finally {
      site.addresses().close();
    }
  }

  Site site() {
    return site;
  }

  void add(LabCluster cluster) {
    clusters.add(cluster);
  }

  /** A directory in memory if there is enough of it, otherwise on disk. */
  private static Path base() {
    var memory = Path.of("/dev/shm");
    try {
      if (Files.isWritable(memory) && Files.getFileStore(memory).getUsableSpace() > ROOM_BYTES) {
        return memory;
      }
    } catch (IOException noSuchStore) {
      // Use the disk.
    }
    return Path.of(System.getProperty("java.io.tmpdir"));
  }
}
