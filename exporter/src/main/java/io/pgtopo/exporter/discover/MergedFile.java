package io.pgtopo.exporter.discover;

import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.config.Config;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.config.reading.UnreadableException;
import io.pgtopo.config.settings.FileOwner;
import io.pgtopo.exporter.platform.CommandFailed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An inventory to change.
 *
 * @param named the path that the user gave
 * @param text as it was read
 */
public record MergedFile(Path named, String text, Config config) {
  /** Reads it and the settings. */
  public static MergedFile read(
      Path named, Optional<Path> settingsFile, Map<String, String> environment) {
    // The whole inventory, whatever the scope of the agent.
    var whole = new HashMap<>(environment);
    whole.put("PGTOPO_SCOPE", "fleet");
    var config =
        Config.loadToMerge(settingsFile, List.of(named.toString()), whole, DriftKind.vocabulary());
    try {
      return new MergedFile(named, Files.readString(named), config);
    } catch (IOException gone) {
      throw new CommandFailed("%s cannot be read: %s".formatted(named, gone.getMessage()), gone);
    }
  }

  public InventoryEdit edit() {
    try {
      return InventoryEdit.of(text);
    } catch (UnreadableException form) {
      throw new CommandFailed(
          "%s cannot be changed in place, it is not plain YAML: %s"
              .formatted(named, form.getMessage()),
          form);
    }
  }

  /** The inventory that another text would declare in its place. */
  public Inventory declaring(String other) {
    return ReadBack.inventory(other, named);
  }

  /**
   * Replaces the file atomically, with its mode and owner; fails if it was changed since it was
   * read.
   */
  public void replace(String other) {
    try {
      var target = named.toRealPath();
      var temporary = Files.createTempFile(target.getParent(), "." + target.getFileName(), ".new");
      try {
        Files.writeString(temporary, other, StandardCharsets.UTF_8);
        FileOwner.copy(target, temporary);
        Files.setPosixFilePermissions(temporary, Files.getPosixFilePermissions(target));
        if (!Files.readString(target).equals(text)) {
          throw new CommandFailed("%s was changed meanwhile; nothing is written".formatted(named));
        }
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException failure) {
      throw new CommandFailed(
          "%s cannot be written: %s".formatted(named, failure.getMessage()), failure);
    }
  }
}
