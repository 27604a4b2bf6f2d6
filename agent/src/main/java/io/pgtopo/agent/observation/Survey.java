package io.pgtopo.agent.observation;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The full reading of a server: what changes rarely. It is read at the first poll, after a restart
 * or reload, and every so many polls; the polls in between carry the last one.
 *
 * @param readAt by the server's clock
 * @param login the role that read it: {@code session_user}
 * @param settings of {@code pg_settings}, in its base units, by name; those that a newer or older
 *     version does not have are absent. None of them holds a secret
 * @param databases of {@code pg_database}, in order of their names
 * @param roles of {@code pg_roles}, in order of their names. Any of the three may be refused
 * @param contents of the databases that the settings select, by name: denied where that is not
 *     allowed, or was not read yet
 * @param wal denied without pg_monitor
 * @param subscriptions how many the catalog has, whether this server runs them or not
 * @param commitOverrides some of those of other roles than the one that read it; refused as the
 *     databases are
 */
public record Survey(
    Instant readAt,
    String login,
    Reading<SortedMap<String, String>> settings,
    Reading<List<LiveDatabase>> databases,
    Reading<List<LiveDatabaseRole>> roles,
    SortedMap<String, Reading<DatabaseContents>> contents,
    Reading<WalDirectory> wal,
    Reading<Integer> subscriptions,
    Reading<List<CommitOverride>> commitOverrides) {
  /** Why a reading is denied that the first polls had no time for: the next one will read it. */
  public static final String NOT_YET = "it was not read yet";

  /** Settings of which each ends recovery before the end of the WAL, 12+. */
  public static final List<String> RECOVERY_TARGETS =
      List.of(
          "recovery_target",
          "recovery_target_lsn",
          "recovery_target_name",
          "recovery_target_time",
          "recovery_target_xid");

  private static final Pattern WHOLE = Pattern.compile("-?\\d{1,18}");

  public Survey {
    settings = settings.map(it -> Collections.unmodifiableSortedMap(new TreeMap<>(it)));
    databases = databases.map(List::copyOf);
    roles = roles.map(List::copyOf);
    commitOverrides = commitOverrides.map(List::copyOf);
    contents = Collections.unmodifiableSortedMap(new TreeMap<>(contents));
  }

  /** A reading without contents of databases or subscriptions, and of which nothing was refused. */
  public Survey(
      Instant readAt,
      String login,
      SortedMap<String, String> settings,
      List<LiveDatabase> databases,
      List<LiveDatabaseRole> roles,
      Reading<WalDirectory> wal) {
    this(
        readAt,
        login,
        Reading.seen(settings),
        Reading.seen(databases),
        Reading.seen(roles),
        new TreeMap<>(),
        wal,
        Reading.seen(0),
        Reading.seen(List.of()));
  }

  /** This reading, with the contents of databases. */
  public Survey with(SortedMap<String, Reading<DatabaseContents>> found) {
    return new Survey(
        readAt, login, settings, databases, roles, found, wal, subscriptions, commitOverrides);
  }

  /** {@code wal_segment_size} in bytes. */
  public Optional<Long> segmentBytes() {
    return segmentBytes(settings);
  }

  /** The same of settings: until 10 it counts blocks of 8 kB, since 11 bytes. */
  public static Optional<Long> segmentBytes(Reading<SortedMap<String, String>> settings) {
    return settings
        .ifSeen()
        .flatMap(seen -> Optional.ofNullable(seen.get("wal_segment_size")))
        .map(Long::parseLong)
        .map(size -> size < 1_048_576 ? size * 8_192 : size);
  }

  /** A setting, if the server has it and shows it. */
  public Optional<String> setting(String name) {
    return settings.ifSeen().flatMap(seen -> Optional.ofNullable(seen.get(name)));
  }

  /** A setting that is a whole number, if the server has it. */
  public Optional<Long> number(String name) {
    return setting(name).filter(WHOLE.asMatchPredicate()).map(Long::parseLong);
  }

  /** The setting that ends recovery before the end of the WAL, if one is set and shown. */
  public Optional<String> recoveryTarget() {
    return RECOVERY_TARGETS.stream()
        .filter(name -> setting(name).filter(value -> !value.isEmpty()).isPresent())
        .findFirst();
  }

  /** A setting that is on, or off, if the server has it. */
  public boolean isOn(String name) {
    return setting(name).filter("on"::equals).isPresent();
  }
}
