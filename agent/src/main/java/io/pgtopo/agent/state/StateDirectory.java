package io.pgtopo.agent.state;

import io.pgtopo.agent.history.Change;
import io.pgtopo.agent.history.History;
import io.pgtopo.agent.track.Hysteresis;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory in which one agent keeps its history over a restart. What is wrong with it is logged
 * once and never stops the agent. It belongs to one thread.
 *
 * <p>A state is written beside the old one, forced to the disk, and renamed over it: an agent that
 * is killed in between leaves the old one whole.
 */
public final class StateDirectory implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StateDirectory.class);
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  /** Read, a file takes several times its size. */
  private static final int LARGEST_BYTES =
      (int) Math.clamp(Runtime.getRuntime().maxMemory() / 16, 1L << 20, 256L << 20);

  private static final Set<PosixFilePermission> OWNERS_FILE =
      PosixFilePermissions.fromString("rw-------");

  private static final Set<PosixFilePermission> OWNERS_DIRECTORY =
      PosixFilePermissions.fromString("rwx------");

  private final Path directory;
  private final Path file;
  private final InstantSource clock;
  private Optional<FileChannel> lock = Optional.empty();
  private Optional<History> kept = Optional.empty();
  private boolean hasProblem;

  /** A directory that need not exist yet; nothing is read or written here. */
  public StateDirectory(Path directory, InstantSource clock) {
    this.directory = directory;
    this.file = directory.resolve("state.json");
    this.clock = clock;
  }

  /**
   * What happened lately, as an agent has kept it, whether that one runs or not. Nothing is locked
   * or changed.
   *
   * @throws IOException if there is no state, or none that can be understood
   */
  public static List<Change> changes(Path directory) throws IOException {
    try {
      return read(directory.resolve("state.json"), new Hysteresis(Duration.ZERO)).changes();
    } catch (StateJson.UnusableException unusable) {
      throw new IOException(unusable.getMessage(), unusable);
    }
  }

  /** What was kept; empty if nothing was, or if it cannot be taken over. */
  public Optional<History> load(Hysteresis hysteresis) {
    try {
      acquire();
      kept = Optional.of(read(file, hysteresis));
      return kept;
    } catch (NoSuchFileException none) {
      return Optional.empty();
    } catch (StateJson.UnusableException unusable) {
      setAside(String.valueOf(unusable.getMessage()));
      return Optional.empty();
    } catch (IOException failed) {
      problem("cannot be read", failed);
      return Optional.empty();
    }
  }

  private static History read(Path file, Hysteresis hysteresis)
      throws IOException, StateJson.UnusableException {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new StateJson.UnusableException("it is no regular file");
    }
    try (var in = Files.newInputStream(file)) {
      var bytes = in.readNBytes(LARGEST_BYTES + 1);
      if (bytes.length > LARGEST_BYTES) {
        throw new StateJson.UnusableException("it has more than " + LARGEST_BYTES + " bytes");
      }
      return StateJson.read(bytes, hysteresis);
    } catch (OutOfMemoryError tooLarge) {
      throw new StateJson.UnusableException("it does not fit into the memory");
    }
  }

  /** Writes a history if it says anything new; false if that failed. */
  public boolean keep(History history) {
    return kept.filter(history::isAsGoodAs).isPresent() || write(history);
  }

  /** Writes a history though only time has passed since the last one; false if that failed. */
  public boolean keepLast(History history) {
    return write(history);
  }

  private boolean write(History history) {
    // The last write comes when the thread was interrupted, and a channel fails for that.
    var wasInterrupted = Thread.interrupted();
    try {
      acquire();
      replace(ByteBuffer.wrap(StateJson.write(history, clock.instant())));
      kept = Optional.of(history);
      if (hasProblem) {
        LOG.info("The state in {} is kept again", directory);
        hasProblem = false;
      }
      return true;
    } catch (IOException failed) {
      problem("cannot be written", failed);
      return false;
    } finally {
      if (wasInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void replace(ByteBuffer bytes) throws IOException {
    var fresh = directory.resolve("state.json.new");
    try (var channel = open(fresh, StandardOpenOption.TRUNCATE_EXISTING)) {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    try (var entries = FileChannel.open(directory, StandardOpenOption.READ)) {
      entries.force(true);
    }
  }

  /** Opens a file that only its owner may read and write, whatever the umask. */
  private static FileChannel open(Path file, OpenOption... more) throws IOException {
    var options = new HashSet<OpenOption>(List.of(more));
    options.add(StandardOpenOption.CREATE);
    options.add(StandardOpenOption.WRITE);
    var channel =
        FileChannel.open(file, options, PosixFilePermissions.asFileAttribute(OWNERS_FILE));
    Files.setPosixFilePermissions(file, OWNERS_FILE);
    return channel;
  }

  /** Makes sure that no other agent uses the directory. */
  private void acquire() throws IOException {
    if (lock.isPresent()) {
      return;
    }
    Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(OWNERS_DIRECTORY));
    var channel = open(directory.resolve("lock"));
    var isOurs = false;
    try {
      isOurs = channel.tryLock() != null;
    } catch (OverlappingFileLockException another) {
      LOG.debug("{} is used within this process", directory, another);
    } finally {
      if (!isOurs) {
        channel.close();
      }
    }
    if (!isOurs) {
      throw new IOException("another pgtopo uses it");
    }
    lock = Optional.of(channel);
  }

  private void setAside(String reason) {
    var aside = file.resolveSibling("state.json.damaged-" + STAMP.format(clock.instant()));
    try {
      Files.move(file, aside, StandardCopyOption.ATOMIC_MOVE);
      LOG.warn(
          "The state in {} is not used: {}. It is set aside as {}; since and recent changes start anew",
          file,
          reason,
          aside.getFileName());
    } catch (IOException failed) {
      problem("is not used (" + reason + "), nor can it be set aside", failed);
    }
  }

  /** Logs a problem once, until it is over. */
  private void problem(String what, IOException failed) {
    if (!hasProblem) {
      LOG.warn(
          "The state in {} {}: {}. Continuing; history will be lost on exit",
          directory,
          what,
          failed.toString());
    }
    hasProblem = true;
  }

  /** Lets another agent use the directory. */
  @Override
  public void close() {
    try {
      if (lock.isPresent()) {
        lock.get().close();
      }
    } catch (IOException failed) {
      LOG.debug("The lock of {} was not closed", directory, failed);
    }
    lock = Optional.empty();
  }
}
