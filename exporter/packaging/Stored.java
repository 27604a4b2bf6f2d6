import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Writes jars again without compression, with the same entries, in the same order and of the same times: {@code java Stored.java
 * JAR...}. A package compresses them together, to less than half of what they have together if each entry is compressed alone.
 */
// A program of one file, which the build runs from its source.
@SuppressWarnings("DefaultPackage")
final class Stored {
  private Stored() {}

  public static void main(String[] jars) throws IOException {
    for (var name : jars) {
      var jar = Path.of(name);
      Files.write(jar, stored(jar));
    }
  }

  private static byte[] stored(Path jar) throws IOException {
    var written = new ByteArrayOutputStream();
    try (var from = new ZipFile(jar.toFile());
        var to = new ZipOutputStream(written)) {
      for (var entry : Collections.list(from.entries())) {
        byte[] content;
        try (var stream = from.getInputStream(entry)) {
          content = stream.readAllBytes();
        }
        to.putNextEntry(stored(entry, content));
        to.write(content);
        to.closeEntry();
      }
    }
    return written.toByteArray();
  }

  private static ZipEntry stored(ZipEntry entry, byte[] content) {
    var checksum = new CRC32();
    checksum.update(content);
    var copy = new ZipEntry(entry.getName());
    copy.setTimeLocal(entry.getTimeLocal());
    copy.setMethod(ZipEntry.STORED);
    copy.setSize(content.length);
    copy.setCrc(checksum.getValue());
    return copy;
  }
}
