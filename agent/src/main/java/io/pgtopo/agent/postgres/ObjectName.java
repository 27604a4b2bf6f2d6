package io.pgtopo.agent.postgres;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * The name of a database, role, schema or extension, or another text that has no encoding. Those of
 * databases and roles are bytes that all databases of a server share, whatever their encodings: two
 * that differ in LATIN1 must not become equal.
 */
final class ObjectName {
  private ObjectName() {}

  /**
   * The name that the bytes are in UTF-8; where they are not, each byte outside of ASCII as {@code
   * \xE9}.
   *
   * @param text as {@code encode} writes it, in the format for texts
   */
  static String of(String text) {
    if (text.indexOf('\\') < 0) {
      return text;
    }
    var bytes = bytes(text);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException otherEncoding) {
      return shown(bytes);
    }
  }

  private static byte[] bytes(String escaped) {
    var bytes = new ByteArrayOutputStream();
    for (var at = 0; at < escaped.length(); at++) {
      var letter = escaped.charAt(at);
      if (letter != '\\') {
        bytes.write(letter);
      } else if (escaped.charAt(at + 1) == '\\') {
        bytes.write(letter);
        at++;
      } else {
        bytes.write(Integer.parseInt(escaped, at + 1, at + 4, 8));
        at += 3;
      }
    }
    return bytes.toByteArray();
  }

  private static String shown(byte[] bytes) {
    var hex = HexFormat.of().withUpperCase();
    var text = new StringBuilder();
    for (var it : bytes) {
      if (it >= 0) {
        text.append((char) it);
      } else {
        text.append("\\x").append(hex.toHexDigits(it));
      }
    }
    return text.toString();
  }
}
