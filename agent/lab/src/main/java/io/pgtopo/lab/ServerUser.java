package io.pgtopo.lab;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;

/** The user that servers run as: the caller or, since PostgreSQL refuses root, another one. */
record ServerUser(int uid, int gid, List<String> prefix) {
  private static final Path ROOT = Path.of("/");

  ServerUser {
    prefix = List.copyOf(prefix);
  }

  /** The caller; for root {@code postgres} if it exists, otherwise {@code nobody}. */
  static ServerUser choose() {
    var uid = id("-u");
    if (uid != 0) {
      return new ServerUser(uid, id("-g"), List.of());
    }
    var script = "id -u postgres >/dev/null 2>&1 && echo postgres || echo nobody";
    var name = Command.run(ROOT, List.of("/bin/sh", "-c", script)).strip();
    var setpriv =
        Command.find("setpriv")
            .orElseThrow(
                () ->
                    new LabException(
                        "PostgreSQL does not run as root, and setpriv (of util-linux), which would"
                            + " start it as another user, was not found"));
    var otherUid = id("-u", name);
    var otherGid = id("-g", name);
    return new ServerUser(
        otherUid,
        otherGid,
        List.of(
            setpriv.toString(), "--reuid=" + otherUid, "--regid=" + otherGid, "--clear-groups"));
  }

  /** Whether the lab runs as root, and its servers as another user. */
  boolean isOtherThanCaller() {
    return !prefix.isEmpty();
  }

  /** The user id of the lab itself. */
  int callerUid() {
    return isOtherThanCaller() ? 0 : uid;
  }

  /** Makes this user the owner of a file or directory that root made. */
  void own(Path path) {
    if (isOtherThanCaller()) {
      Io.run(() -> Files.setAttribute(path, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS));
      Io.run(() -> Files.setAttribute(path, "unix:gid", gid, LinkOption.NOFOLLOW_LINKS));
    }
  }

  /** A command that runs as this user. */
  List<String> command(String... words) {
    return Command.join(prefix, List.of(words));
  }

  private static int id(String... arguments) {
    return Integer.parseInt(
        Command.run(ROOT, Command.join(List.of("id"), List.of(arguments))).strip());
  }
}
