package io.pgtopo.exporter.runtime;

import io.pgtopo.config.Config;
import io.pgtopo.config.reading.InvalidConfigException;
import io.pgtopo.config.reading.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reloads settings and inventory when one of their files has changed, or on request. A broken file
 * changes nothing but the {@link Outcome}: the old declaration stays in use.
 *
 * <p>{@link #ifChanged} belongs to one thread; {@link #request}, {@link #read} and {@link #last} to
 * any.
 */
public final class Reload {
  private static final Logger LOG = LoggerFactory.getLogger(Reload.class);

  private final Supplier<Config> load;
  private final InstantSource clock;
  private final AtomicBoolean requested = new AtomicBoolean();
  private Map<Path, Stamp> stamps;
  private volatile Outcome last;

  /** A reload of what was just read into {@code current}. */
  public Reload(Config current, Supplier<Config> load, InstantSource clock) {
    this.load = load;
    this.clock = clock;
    this.stamps = stamps(current.files());
    this.last = new Outcome(clock.instant(), Optional.empty(), List.of(), notWatched(current));
  }

  /**
   * What the last attempt gave.
   *
   * @param succeededAt when the declaration in use was read
   * @param failedAt when a reload failed after that; empty if none did
   * @param problems why it failed
   * @param notWatched clusters that errors in the declaration in use cost
   */
  public record Outcome(
      Instant succeededAt,
      Optional<Instant> failedAt,
      List<Problem> problems,
      List<String> notWatched) {
    public Outcome {
      problems = List.copyOf(problems);
      notWatched = List.copyOf(notWatched);
    }
  }

  private static List<String> notWatched(Config config) {
    return List.copyOf(config.notWatched());
  }

  /** Differs if a file has changed; without a time if the file is gone. */
  private record Stamp(Optional<FileTime> modified, long size) {}

  /** Reloads before the next cycle, whether something has changed or not. */
  public void request() {
    requested.set(true);
  }

  /**
   * What the files contain at this moment; it does not come into use.
   *
   * @throws InvalidConfigException if they are broken
   */
  public Config read() {
    return load.get();
  }

  public Outcome last() {
    return last;
  }

  /** The new declaration, if there is a reason to read it and it has no errors. */
  public Optional<Config> ifChanged() {
    var now = stamps(List.copyOf(stamps.keySet()));
    if (!requested.getAndSet(false) && now.equals(stamps)) {
      return Optional.empty();
    }
    // Before reading: what changes meanwhile is read the next time.
    stamps = now;
    try {
      var config = load.get();
      // A file that changed while it was read has its old stamp, so that it is read again.
      var after = stamps(config.files());
      after.replaceAll((file, stamp) -> now.getOrDefault(file, stamp));
      stamps = after;
      last = new Outcome(clock.instant(), Optional.empty(), List.of(), notWatched(config));
      return Optional.of(config);
    } catch (InvalidConfigException invalid) {
      return failed(invalid.problems());
    } catch (RuntimeException bug) {
      LOG.error("Reading the declaration failed", bug);
      return failed(List.of(bug(bug)));
    }
  }

  private Optional<Config> failed(List<Problem> problems) {
    last =
        new Outcome(last.succeededAt(), Optional.of(clock.instant()), problems, last.notWatched());
    return Optional.empty();
  }

  private static Problem bug(RuntimeException bug) {
    return new Problem(
        Problem.Code.UNREADABLE,
        Problem.Level.ERROR,
        "declaration",
        "",
        0,
        "wanted files that can be read. Found: a bug of pgtopo (%s), see the log"
            .formatted(bug.getClass().getSimpleName()));
  }

  private static Map<Path, Stamp> stamps(List<Path> files) {
    return new HashMap<>(
        files.stream().distinct().collect(Collectors.toMap(Function.identity(), Reload::stamp)));
  }

  private static Stamp stamp(Path file) {
    try {
      var attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return new Stamp(Optional.of(attributes.lastModifiedTime()), attributes.size());
    } catch (IOException gone) {
      return new Stamp(Optional.empty(), 0);
    }
  }
}
