package io.pgtopo.agent.postgres;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.sql.SQLException;

/**
 * Bounds what one connection may receive, in PostgreSQL's protocol 3.0: the driver keeps a whole
 * answer in memory, and allocates what a message announces before it has come.
 *
 * <p>An answer is what follows one write of the client. Messages that come unrequested, which the
 * driver keeps as long as the connection, are counted over its whole life. Used by one thread at a
 * time.
 */
final class AnswerLimit {
  /** An answer of many rows is cut off by its statement before. */
  private static final long MOST_BYTES = Math.max(1 << 20, Runtime.getRuntime().maxMemory() / 24);

  /** Values of an array, each of which takes more memory than its text. */
  private static final long MOST_VALUES = MOST_BYTES / 40;

  /** A login has some twenty; each statement returns few rows. */
  private static final int MOST_MESSAGES = 1000;

  private static final int MOST_UNREQUESTED_BYTES = 1 << 18;

  /** SSLRequest and GSSENCRequest: answered by one byte without a message. */
  private static final int FIRST_ENCRYPTION_REQUEST = 80877103;

  private static final int LAST_ENCRYPTION_REQUEST = 80877104;

  /** More was sent, or announced, than an answer may have. */
  static final class TooLargeException extends IOException {
    private static final long serialVersionUID = 1;

    TooLargeException(String what) {
      super(what);
    }
  }

  private enum Part {
    ENCRYPTION,
    TYPE,
    LENGTH,
    BODY,
    COLUMNS,
    COLUMN_LENGTH,
    COLUMN,
    /** Encrypted: only its bytes are counted here. */
    OPAQUE
  }

  private Part part = Part.TYPE;
  private long bytes;
  private int messages;
  private long unrequestedBytes;
  private char type;

  /** The integer that is read, and how many of its bytes are missing. */
  private int number;

  private int missing;

  /** Bytes left of the message, columns of its row, and bytes of the column. */
  private int left;

  private int columns;
  private int column;

  /**
   * Checks an array in its text form, before the driver reads it.
   *
   * @throws SQLException if it has more values than an answer may have
   */
  static void checkValues(String array) throws SQLException {
    if (array.chars().filter(it -> it == ',').count() > MOST_VALUES) {
      var tooLarge =
          new TooLargeException("it sent an array of more than %d values".formatted(MOST_VALUES));
      throw new SQLException(tooLarge.getMessage(), tooLarge);
    }
  }

  /** A stream that fails where the limit is exceeded. */
  InputStream limit(InputStream in) {
    // No FilterInputStream: its skip() would skip the limit too.
    return new InputStream() {
      @Override
      public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] buffer, int offset, int length) throws IOException {
        var count = in.read(buffer, offset, length);
        if (count > 0) {
          received(ByteBuffer.wrap(buffer, offset, count));
        }
        return count;
      }

      @Override
      public int available() throws IOException {
        return in.available();
      }

      @Override
      public void close() throws IOException {
        in.close();
      }
    };
  }

  /** A stream whose writes begin a new answer. */
  OutputStream watch(OutputStream out) {
    return new FilterOutputStream(out) {
      @Override
      public void write(byte[] buffer, int offset, int length) throws IOException {
        sent(ByteBuffer.wrap(buffer, offset, length));
        out.write(buffer, offset, length);
      }
    };
  }

  private void sent(ByteBuffer request) {
    bytes = 0;
    messages = 0;
    if (part != Part.OPAQUE && request.remaining() == 8) {
      var code = request.getInt(request.position() + 4);
      if (code >= FIRST_ENCRYPTION_REQUEST && code <= LAST_ENCRYPTION_REQUEST) {
        part = Part.ENCRYPTION;
      }
    }
  }

  private void received(ByteBuffer in) throws TooLargeException {
    bytes += in.remaining();
    if (bytes > MOST_BYTES) {
      throw new TooLargeException("it sent more than " + MOST_BYTES + " bytes in one answer");
    }
    while (in.hasRemaining()) {
      switch (part) {
        case ENCRYPTION -> encryption((char) in.get());
        case TYPE -> type((char) in.get());
        case LENGTH -> {
          if (hasNumber(in)) {
            length();
          }
        }
        case COLUMNS -> {
          if (hasNumber(in)) {
            columns = number;
            nextColumn();
          }
        }
        case COLUMN_LENGTH -> {
          if (hasNumber(in)) {
            columnLength();
          }
        }
        case COLUMN -> {
          column -= skip(in, column);
          if (column == 0) {
            nextColumn();
          }
        }
        case BODY -> {
          left -= skip(in, left);
          if (left == 0) {
            part = Part.TYPE;
          }
        }
        case OPAQUE -> in.position(in.limit());
      }
    }
  }

  private void encryption(char answer) {
    if (answer == 'S' || answer == 'G') {
      part = Part.OPAQUE;
    } else if (answer == 'N') {
      part = Part.TYPE;
    } else {
      type(answer);
    }
  }

  private void type(char of) {
    type = of;
    expect(Part.LENGTH, 4);
  }

  private void expect(Part next, int size) {
    part = next;
    number = 0;
    missing = size;
  }

  private boolean hasNumber(ByteBuffer in) {
    number = (number << 8) | (in.get() & 0xff);
    return --missing == 0;
  }

  private void length() throws TooLargeException {
    left = number - 4;
    check(left, MOST_BYTES, "a message");
    if (++messages > MOST_MESSAGES) {
      throw new TooLargeException("it sent more than " + MOST_MESSAGES + " messages in one answer");
    }
    if (type == 'S' || type == 'N' || type == 'A') {
      unrequestedBytes += number;
      if (unrequestedBytes > MOST_UNREQUESTED_BYTES) {
        throw new TooLargeException(
            "it sent notices and parameters of more than %d bytes"
                .formatted(MOST_UNREQUESTED_BYTES));
      }
    }
    if (type == 'D') {
      left -= 2;
      expect(Part.COLUMNS, 2);
    } else {
      part = left == 0 ? Part.TYPE : Part.BODY;
    }
  }

  private void nextColumn() throws TooLargeException {
    if (columns-- > 0) {
      left -= 4;
      expect(Part.COLUMN_LENGTH, 4);
    } else {
      check(left, MOST_BYTES, "a row");
      part = left == 0 ? Part.TYPE : Part.BODY;
    }
  }

  private void columnLength() throws TooLargeException {
    // NULL has the length -1.
    column = Math.max(0, number);
    check(column, left, "a value");
    left -= column;
    if (column == 0) {
      nextColumn();
    } else {
      part = Part.COLUMN;
    }
  }

  private static void check(long announced, long most, String what) throws TooLargeException {
    if (announced < 0 || announced > most) {
      throw new TooLargeException(
          "it announced %s of %d bytes".formatted(what, announced & 0xffff_ffffL));
    }
  }

  private static int skip(ByteBuffer in, int most) {
    var count = Math.min(in.remaining(), most);
    in.position(in.position() + count);
    return count;
  }
}
