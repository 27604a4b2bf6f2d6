package io.pgtopo.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemIdentifierTest {
  private static final long OLD = 7_000_000_000_000_000_001L;
  private static final long OTHER = 7_000_000_000_000_000_002L;
  private static final SystemIdentifier NEW = new SystemIdentifier(7_111_111_111_111_111_111L);
  private static final int CRC_OFFSET = 288;

  @TempDir private Path data;

  @BeforeEach
  void directories() throws IOException {
    Files.createDirectories(data.resolve("global"));
    Files.createDirectories(data.resolve("pg_wal"));
  }

  @Test
  void a_stamped_pg_control_has_the_new_identifier_and_its_checksum() throws IOException {
    control(checksummed(OLD));

    NEW.stamp(data);

    assertThat(Files.readAllBytes(data.resolve("global/pg_control")))
        .isEqualTo(checksummed(NEW.value()));
    assertThat(SystemIdentifier.read(data)).isEqualTo(NEW);
  }

  @Test
  void wal_segments_of_the_old_identifier_are_stamped_and_no_others() throws IOException {
    control(checksummed(OLD));
    Path own = segment("000000010000000000000001", 2, OLD);
    Path foreign = segment("000000010000000000000002", 2, OTHER);
    Path unused = segment("000000010000000000000003", 0, OLD);

    NEW.stamp(data);

    assertThat(identifier(own)).isEqualTo(NEW.value());
    assertThat(identifier(foreign)).isEqualTo(OTHER);
    assertThat(identifier(unused)).isEqualTo(OLD);
  }

  @Test
  void a_pg_control_of_unknown_layout_is_refused() throws IOException {
    byte[] damaged = checksummed(OLD);
    damaged[1]++;
    control(damaged);

    assertThatThrownBy(() -> NEW.stamp(data))
        .isInstanceOf(LabException.class)
        .hasMessage("No checksum was found in " + data.resolve("global/pg_control"));
  }

  @Test
  void two_created_at_the_same_instant_differ() {
    Instant now = Instant.parse("2026-11-22T00:00:00Z");

    assertThat(SystemIdentifier.create(now)).isNotEqualTo(SystemIdentifier.create(now));
  }

  private static byte[] checksummed(long identifier) {
    byte[] bytes = new byte[8192];
    ByteBuffer fields = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    fields.putLong(0, identifier).putInt(100, 42);
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, CRC_OFFSET);
    fields.putInt(CRC_OFFSET, (int) crc.getValue());
    return bytes;
  }

  private void control(byte[] bytes) throws IOException {
    Files.write(data.resolve("global/pg_control"), bytes);
  }

  private Path segment(String name, int info, long identifier) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(64).order(ByteOrder.nativeOrder());
    bytes.putShort(2, (short) info).putLong(24, identifier);
    return Files.write(data.resolve("pg_wal").resolve(name), bytes.array());
  }

  private static long identifier(Path segment) throws IOException {
    return ByteBuffer.wrap(Files.readAllBytes(segment)).order(ByteOrder.nativeOrder()).getLong(24);
  }
}
