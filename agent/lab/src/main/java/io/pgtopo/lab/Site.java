package io.pgtopo.lab;

import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * What all instances of a lab share; {@code directory} contains data, log and socket, and is
 * removed with the lab.
 */
record Site(
    Path directory,
    Path template,
    Binaries binaries,
    ServerUser user,
    Addresses addresses,
    Consumer<String> progress) {}
