package io.pgtopo.exporter.metrics;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

/** Text that many responses begin with: as it is, and compressed once for all of them. */
public final class SharedText {
  private static final byte[] HEADER = {0x1f, (byte) 0x8b, Deflater.DEFLATED, 0, 0, 0, 0, 0, 0, 3};

  /** The last block of RFC 1951, an empty one, then the trailer of RFC 1952. */
  private static final short LAST_BLOCK = 3;

  private static final int END_BYTES = 2 + 4 + 4;

  private final byte[] plain;
  private final byte[] deflated;

  /** How a body is coded, in HTTP's terms. */
  public enum Coding {
    IDENTITY,
    GZIP
  }

  SharedText(byte[] plain) {
    this.plain = plain;
    this.deflated = deflate(plain);
  }

  /** A body that any number of clients may read; it begins with the shared text. */
  public record Body(SharedText shared, List<byte[]> parts) {
    public InputStream open() {
      return new SequenceInputStream(
          Collections.enumeration(parts.stream().map(ByteArrayInputStream::new).toList()));
    }

    /** In bytes. */
    public long length() {
      return parts.stream().mapToLong(part -> part.length).sum();
    }
  }

  /** What it holds of memory. */
  public long bytes() {
    return plain.length + (long) deflated.length;
  }

  /** This text and more. */
  Body with(byte[] more, Coding coding) {
    return switch (coding) {
      case IDENTITY -> new Body(this, List.of(plain, more));
      case GZIP -> gzip(more);
    };
  }

  /** One member of RFC 1952. */
  private Body gzip(byte[] more) {
    var sum = new CRC32();
    sum.update(plain);
    sum.update(more);
    var end =
        ByteBuffer.allocate(END_BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putShort(LAST_BLOCK)
            .putInt((int) sum.getValue())
            .putInt(plain.length + more.length)
            .array();
    return new Body(this, List.of(HEADER, deflated, deflate(more), end));
  }

  /** Blocks that refer to nothing before them and end at a whole byte, so that more may follow. */
  private static byte[] deflate(byte[] text) {
    var deflater = new Deflater(Deflater.BEST_SPEED, true);
    var blocks = new ByteArrayOutputStream(text.length / 8 + 64);
    try (var out = new DeflaterOutputStream(blocks, deflater, 16 * 1024, true)) {
      out.write(text);
      out.flush();
      return blocks.toByteArray();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    } finally {
      deflater.end();
    }
  }
}
