package io.pgtopo.lab;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Configuration parameters of a server with their values, sorted by name. */
record ServerParameters(SortedMap<String, String> values) {
  static final ServerParameters NONE = new ServerParameters(new TreeMap<>());

  /** Up to version 11 these belong to recovery.conf alone. */
  private static final Pattern RECOVERY =
      Pattern.compile(
          "archive_cleanup_command|primary_conninfo|primary_slot_name|promote_trigger_file"
              + "|recovery_.*|restore_command|standby_mode|trigger_file");

  ServerParameters {
    values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
  }

  ServerParameters with(String name, String value) {
    var changed = new TreeMap<String, String>(values);
    changed.put(name, value);
    return new ServerParameters(changed);
  }

  ServerParameters with(Map<String, String> others) {
    var changed = new TreeMap<String, String>(values);
    changed.putAll(others);
    return new ServerParameters(changed);
  }

  /** The lines of a postgresql.conf from version 12 on. */
  String text() {
    return text(name -> true);
  }

  /** The lines of a postgresql.conf up to version 11. */
  String textWithoutRecovery() {
    return text(name -> !RECOVERY.matcher(name).matches());
  }

  /**
   * The lines of a recovery.conf, which ended with version 11; its default timeline was not the
   * latest.
   */
  String recoveryText() {
    return with("standby_mode", "on")
        .with("recovery_target_timeline", "latest")
        .text(name -> RECOVERY.matcher(name).matches());
  }

  private String text(Predicate<String> isWanted) {
    return values.entrySet().stream()
        .filter(setting -> isWanted.test(setting.getKey()))
        .map(setting -> setting.getKey() + " = '" + setting.getValue().replace("'", "''") + "'\n")
        .collect(Collectors.joining());
  }

  /** A duration as PostgreSQL and Pigsty write it: in the largest unit that leaves no rest. */
  static String interval(Duration duration) {
    long millis = duration.toMillis();
    record Unit(String name, long millis) {}
    for (var unit :
        List.of(
            new Unit("d", 86_400_000),
            new Unit("h", 3_600_000),
            new Unit("min", 60_000),
            new Unit("s", 1_000))) {
      if (millis >= unit.millis() && millis % unit.millis() == 0) {
        return millis / unit.millis() + unit.name();
      }
    }
    return millis + "ms";
  }
}
