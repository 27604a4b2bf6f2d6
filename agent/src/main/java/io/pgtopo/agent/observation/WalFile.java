package io.pgtopo.agent.observation;

/**
 * A file of WAL: {@code 000000020000000000000003} is the first position that it holds, on timeline
 * 2.
 *
 * @param start its first position
 */
public record WalFile(int timeline, Lsn start) {

  /**
   * Reads a file's name.
   *
   * @param segmentBytes {@code wal_segment_size}
   */
  public static WalFile parse(String name, long segmentBytes) {
    if (!name.matches("[0-9A-F]{24}")) {
      throw new IllegalArgumentException("not the name of a WAL file: " + name);
    }
    var timeline = Integer.parseUnsignedInt(name.substring(0, 8), 16);
    var high = Long.parseLong(name.substring(8, 16), 16);
    var segment = Long.parseLong(name.substring(16), 16);
    return new WalFile(timeline, new Lsn((high << 32) + segment * segmentBytes));
  }
}
