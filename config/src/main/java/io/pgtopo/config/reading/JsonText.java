package io.pgtopo.config.reading;

/** JSON as YAML 1.1, which lacks some of its escapes. Lines keep their numbers. */
final class JsonText {
  private JsonText() {}

  /** Whether it starts like a JSON object or list. */
  static boolean isLikely(String text) {
    var start = text.stripLeading();
    return start.startsWith("{") || start.startsWith("[");
  }

  /**
   * Without what YAML 1.1 lacks: the escape of a slash, the escapes of a surrogate pair, tabs
   * between values.
   */
  static String asYaml(String json) {
    var yaml = new StringBuilder(json.length());
    var inString = false;
    for (var i = 0; i < json.length(); i++) {
      var c = json.charAt(i);
      if (c == '"') {
        inString = !inString;
      }
      if (c == '\\' && inString && i + 1 < json.length()) {
        i = escape(json, i, yaml);
      } else {
        yaml.append(c == '\t' && !inString ? ' ' : c);
      }
    }
    return yaml.toString();
  }

  /** Appends the escape that starts here; returns the place of its last character. */
  private static int escape(String json, int start, StringBuilder yaml) {
    var kind = json.charAt(start + 1);
    if (kind == '/') {
      yaml.append('/');
      return start + 1;
    }
    if (kind == 'u' && start + 5 < json.length() && isSurrogate(json, start + 2)) {
      yaml.append((char) Integer.parseInt(json, start + 2, start + 6, 16));
      return start + 5;
    }
    yaml.append('\\').append(kind);
    return start + 1;
  }

  private static boolean isSurrogate(String json, int start) {
    for (var i = start; i < start + 4; i++) {
      if (Character.digit(json.charAt(i), 16) < 0) {
        return false;
      }
    }
    return Character.isSurrogate((char) Integer.parseInt(json, start, start + 4, 16));
  }
}
