package io.pgtopo.config.reading;

/**
 * Something wrong in a text that could still be read.
 *
 * @param path of the value within the document, such as {@code all.vars.pg_version}
 */
public record Flaw(String path, int line, String message) {}
