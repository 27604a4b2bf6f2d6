package io.pgtopo.agent.observation;

/** The version of a server: {@code server_version_num}, such as 180006 for 18.6. */
public record ServerVersion(int number) implements Comparable<ServerVersion> {

  public ServerVersion {
    if (number < 100_000) {
      throw new IllegalArgumentException("older than PostgreSQL 10: " + number);
    }
  }

  /** The major version, such as 18. */
  public int major() {
    return number / 10_000;
  }

  @Override
  public int compareTo(ServerVersion other) {
    return Integer.compare(number, other.number);
  }

  @Override
  public String toString() {
    return major() + "." + number % 10_000;
  }
}
