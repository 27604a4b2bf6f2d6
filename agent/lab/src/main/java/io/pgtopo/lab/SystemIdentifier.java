package io.pgtopo.lab;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32C;

/** The database system identifier. initdb sets it in the template, and the lab sets a new one. */
record SystemIdentifier(long value) {
  private static final AtomicInteger COUNTER = new AtomicInteger();

  // ControlFileData ends with its CRC-32C; where depends on the version, within these bounds in 10
  // to 18.
  private static final int CRC_FROM = 200;
  private static final int CRC_TO = 400;

  // XLogLongPageHeaderData: xlp_info at 2, xlp_sysid at 24; XLP_LONG_HEADER is bit 2.
  private static final int WAL_INFO = 2;
  private static final int WAL_LONG_HEADER = 2;
  private static final int WAL_SYSTEM_IDENTIFIER = 24;

  /**
   * A new one, built as initdb builds it: seconds, microseconds, and 12 bits that it takes from its
   * pid.
   */
  static SystemIdentifier create(Instant now) {
    long micros = now.getNano() / 1_000;
    var distinct = COUNTER.incrementAndGet() + (int) ProcessHandle.current().pid();
    return new SystemIdentifier(now.getEpochSecond() << 32 | micros << 12 | (distinct & 0xfff));
  }

  /** The identifier in the data directory's pg_control. */
  static SystemIdentifier read(Path data) {
    return new SystemIdentifier(Io.get(() -> control(data)).getLong(0));
  }

  /** Makes this the identifier of a cleanly stopped data directory: in pg_control and WAL. */
  void stamp(Path data) {
    Io.run(() -> stampFiles(data));
  }

  private void stampFiles(Path data) throws IOException {
    var control = control(data);
    long old = control.getLong(0);
    var crc = crcOffset(control, data);
    control.putLong(0, value);
    control.putInt(crc, crc32c(control, crc));
    try (var file = FileChannel.open(pgControl(data), StandardOpenOption.WRITE)) {
      file.write(control.rewind());
    }
    try (var segments = Files.newDirectoryStream(data.resolve("pg_wal"), "[0-9A-F]*")) {
      for (var segment : segments) {
        stampSegment(segment, old);
      }
    }
  }

  private void stampSegment(Path segment, long old) throws IOException {
    try (var file = FileChannel.open(segment, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer header = buffer(WAL_SYSTEM_IDENTIFIER + Long.BYTES);
      if (file.read(header, 0) < header.capacity()) {
        return;
      }
      var isLong = (header.getShort(WAL_INFO) & WAL_LONG_HEADER) != 0;
      if (isLong && header.getLong(WAL_SYSTEM_IDENTIFIER) == old) {
        file.write(buffer(Long.BYTES).putLong(0, value), WAL_SYSTEM_IDENTIFIER);
      }
    }
  }

  /** Found by recomputing the checksum up to each candidate, whatever the layout of the version. */
  private static int crcOffset(ByteBuffer control, Path data) {
    for (int offset = CRC_FROM; offset < CRC_TO; offset += Integer.BYTES) {
      var stored = control.getInt(offset);
      if (stored != 0 && stored == crc32c(control, offset)) {
        return offset;
      }
    }
    throw new LabException("No checksum was found in " + pgControl(data));
  }

  private static int crc32c(ByteBuffer bytes, int length) {
    var crc = new CRC32C();
    crc.update(bytes.duplicate().position(0).limit(length));
    return (int) crc.getValue();
  }

  private static ByteBuffer control(Path data) throws IOException {
    return ByteBuffer.wrap(Files.readAllBytes(pgControl(data))).order(ByteOrder.nativeOrder());
  }

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.nativeOrder());
  }

  private static Path pgControl(Path data) {
    return data.resolve("global").resolve("pg_control");
  }
}
