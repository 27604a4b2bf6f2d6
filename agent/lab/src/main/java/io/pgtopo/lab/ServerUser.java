package io.pgtopo.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The account that servers run as: the caller's own or, since PostgreSQL refuses root, a lesser
 * one.
 */
record ServerUser(int uid, int gid, List<String> prefix) {
  private static final Path ROOT = Path.of("/");

  ServerUser {
    prefix = List.copyOf(prefix);
  }

  /** The caller; for root {@code postgres} where it exists, else {@code nobody}. */
  static ServerUser choose() {
    int uid = id("-u");
    if (uid != 0) {
      return new ServerUser(uid, id("-g"), List.of());
    }
    String name =
        Command.run(ROOT, shell("id -u postgres >/dev/null 2>&1 && echo postgres || echo nobody"));
    Path setpriv =
        Command.find("setpriv")
            .orElseThrow(
                () ->
                    new LabException(
                        "PostgreSQL does not run as root, and setpriv (of util-linux), which would"
                            + " start it as another user, was not found"));
    int otherUid = id("-u", name.strip());
    int otherGid = id("-g", name.strip());
    return new ServerUser(
        otherUid,
        otherGid,
        List.of(
            setpriv.toString(), "--reuid=" + otherUid, "--regid=" + otherGid, "--clear-groups"));
  }

  /** Whether the lab is root, who starts its servers as somebody else. */
  boolean isStandIn() {
    return !prefix.isEmpty();
  }

  /** The user id of the lab itself. */
  int callerUid() {
    return isStandIn() ? 0 : uid;
  }

  /** Hands a file or directory that root made to this user; for anybody else it is his already. */
  void own(Path path) {
    if (!isStandIn()) {
      return;
    }
    try {
      Files.setAttribute(path, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
      Files.setAttribute(path, "unix:gid", gid, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static int id(String... arguments) {
    List<String> words = new ArrayList<>(List.of("id"));
    words.addAll(List.of(arguments));
    return Integer.parseInt(Command.run(ROOT, words).strip());
  }

  private static List<String> shell(String script) {
    return List.of("/bin/sh", "-c", script);
  }
}
