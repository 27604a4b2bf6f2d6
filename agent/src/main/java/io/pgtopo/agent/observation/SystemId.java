package io.pgtopo.agent.observation;

/**
 * A database system identifier, unsigned: equal for a primary and all its physical copies.
 *
 * <p>{@code pg_control_system()}, 9.6+, readable by every role.
 */
public record SystemId(long value) implements Comparable<SystemId> {

  /** Reads the decimal form. */
  public static SystemId parse(String text) {
    return new SystemId(Long.parseUnsignedLong(text));
  }

  @Override
  public int compareTo(SystemId other) {
    return Long.compareUnsigned(value, other.value);
  }

  @Override
  public String toString() {
    return Long.toUnsignedString(value);
  }
}
