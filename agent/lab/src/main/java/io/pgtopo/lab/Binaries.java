package io.pgtopo.lab;

import java.nio.file.Path;

/** PostgreSQL's programs of one version; {@code name} identifies the build. */
record Binaries(String name, int major, Path directory) {
  /** The path of one program, such as {@code postgres}. */
  String program(String program) {
    return directory.resolve(program).toString();
  }
}
