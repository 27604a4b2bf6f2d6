package io.pgtopo.agent.drift;

/**
 * One field of a database or role that is not as declared.
 *
 * @param path the inventory's name of the field, such as {@code owner}
 */
public record Difference(String path, String declared, String live) {}
