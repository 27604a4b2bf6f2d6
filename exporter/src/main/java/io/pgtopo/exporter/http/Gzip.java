package io.pgtopo.exporter.http;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Text that many answers begin with, as it is and compressed once for all of them. */
final class Gzip {
  private static final byte[] HEADER = {0x1f, (byte) 0x8b, Deflater.DEFLATED, 0, 0, 0, 0, 0, 0, 3};
  private static final int TRAILER_BYTES = 8;

  private final byte[] plain;

  /** Blocks of RFC 1951 that more may follow. */
  private final byte[] deflated;

  private Gzip(byte[] plain, byte[] deflated) {
    this.plain = plain;
    this.deflated = deflated;
  }

  /** An answer, which any number of readers may read. */
  record Body(List<byte[]> parts) {
    Body {
      parts = List.copyOf(parts);
    }

    /** All of it, from the beginning. */
    InputStream content() {
      return new SequenceInputStream(
          Collections.enumeration(parts.stream().map(ByteArrayInputStream::new).toList()));
    }

    /** How many bytes it has. */
    long length() {
      return parts.stream().mapToLong(part -> part.length).sum();
    }
  }

  static Gzip of(byte[] plain) {
    return new Gzip(plain, deflate(plain, Deflater.FULL_FLUSH));
  }

  /** What it holds of memory. */
  long bytes() {
    return plain.length + (long) deflated.length;
  }

  /** This text and more, as it is. */
  Body with(byte[] more) {
    return new Body(List.of(plain, more));
  }

  /** This text and more, as one member of RFC 1952. */
  Body compressedWith(byte[] more) {
    var sum = new CRC32();
    sum.update(plain);
    sum.update(more);
    var trailer =
        ByteBuffer.allocate(TRAILER_BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt((int) sum.getValue())
            .putInt(plain.length + more.length)
            .array();
    return new Body(List.of(HEADER, deflated, deflate(more, Deflater.NO_FLUSH), trailer));
  }

  /** A full flush ends at a whole byte and refers to nothing before; without one it is the end. */
  private static byte[] deflate(byte[] text, int flush) {
    var deflater = new Deflater(Deflater.BEST_SPEED, true);
    try {
      deflater.setInput(text);
      if (flush == Deflater.NO_FLUSH) {
        deflater.finish();
      }
      var out = new ByteArrayOutputStream(text.length / 8 + 64);
      var buffer = new byte[16 * 1024];
      int length;
      do {
        length = deflater.deflate(buffer, 0, buffer.length, flush);
        out.write(buffer, 0, length);
      } while (length == buffer.length || (flush == Deflater.NO_FLUSH && !deflater.finished()));
      return out.toByteArray();
    } finally {
      deflater.end();
    }
  }
}
