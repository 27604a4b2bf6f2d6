package io.pgtopo.config.reading;

/**
 * Where a value is.
 *
 * @param file as the user named it
 * @param path keys from the root of the file, joined by dots
 * @param line counted from 1; 0 for the whole file
 */
public record Place(String file, String path, int line) {

  public static Place wholeFile(String file) {
    return new Place(file, "", 0);
  }

  public Place child(String key, int line) {
    var separator = path.isEmpty() || key.startsWith("[") ? "" : ".";
    return new Place(file, path + separator + key, line);
  }
}
