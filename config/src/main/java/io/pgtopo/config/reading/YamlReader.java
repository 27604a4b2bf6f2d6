package io.pgtopo.config.reading;

import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.representer.Representer;

/** Reads one YAML or JSON document, within limits that no ordinary inventory reaches. */
public final class YamlReader {
  /** Most bytes that a file may have. */
  public static final int MAX_BYTES = 64 * 1024 * 1024;

  static final int MAX_NESTING = 100;

  /** Of a large text fewer places are repaired: each one costs another attempt. */
  private static final long MOST_REPAIRED = 20_000_000;

  /** After a dash a tab indents what follows. */
  private static final Pattern INDENTATION = Pattern.compile("[\\s?-]*");

  private static final Pattern JSON = Pattern.compile("\\s*[{\\[]");

  /** The one escape of JSON that YAML 1.1 lacks, after escaped backslashes. */
  private static final Pattern ESCAPED_SLASH = Pattern.compile("(?<!\\\\)((?:\\\\{2})*+)\\\\/");

  private static final Pattern CHARACTER = Pattern.compile("(?<=found )'?[^'<]'?\\(\\d+\\).*");
  private static final Pattern QUOTED = Pattern.compile("'[^']*'");

  private YamlReader() {}

  /** What is made of a text that the parser accepts. */
  private interface Attempt<T> {
    T of(String text) throws UnreadableException;
  }

  /** The document in these bytes, which must be UTF-8; an empty text is {@link Value.Null}. */
  public static YamlDocument read(byte[] bytes) throws UnreadableException {
    return read(decode(bytes));
  }

  /** The text in these bytes, which must be UTF-8 without control characters. */
  static String text(byte[] bytes) throws UnreadableException {
    var text = decode(bytes);
    refuseControlCharacters(text);
    return text;
  }

  /** The document in this text. */
  public static YamlDocument read(String text) throws UnreadableException {
    try {
      return parse(text);
    } catch (UnreadableException e) {
      if (!JSON.matcher(text).lookingAt()) {
        throw e;
      }
      return parse(ESCAPED_SLASH.matcher(text).replaceAll("$1/"));
    }
  }

  private static YamlDocument parse(String text) throws UnreadableException {
    return accepted(text, it -> new TreeBuilder(yaml().parse(new StringReader(it))).build());
  }

  /** The graph of nodes that the parser makes of a text; each knows its place. */
  static Optional<Node> compose(String text) throws UnreadableException {
    return accepted(text, it -> Optional.ofNullable(yaml().compose(new StringReader(it))));
  }

  private static <T> T accepted(String text, Attempt<T> attempt) throws UnreadableException {
    refuseControlCharacters(text);
    var accepted = text;
    for (var repairs = 0; ; repairs++) {
      try {
        return parsed(accepted, attempt);
      } catch (MarkedYAMLException e) {
        var repaired = repaired(accepted, e);
        if (repaired.isEmpty() || (long) repairs * text.length() > MOST_REPAIRED) {
          throw new UnreadableException(line(e), "YAML", found(e));
        }
        accepted = repaired.get();
      }
    }
  }

  /** The text without what Ansible's parser accepts and this one does not, at the mark. */
  private static Optional<String> repaired(String text, MarkedYAMLException e) {
    if (e.getProblemMark() == null) {
      return Optional.empty();
    }
    var at = text.offsetByCodePoints(0, e.getProblemMark().getIndex());
    var isTab = text.startsWith("\t", at) && !isIndentation(text, at);
    var isEscapedSlash = text.startsWith("\\/", at - 1);
    if (isTab) {
      return Optional.of(text.substring(0, at) + " " + text.substring(at + 1));
    }
    return isEscapedSlash
        ? Optional.of(text.substring(0, at - 1) + text.substring(at))
        : Optional.empty();
  }

  private static boolean isIndentation(String text, int at) {
    return INDENTATION.matcher(text.substring(text.lastIndexOf('\n', at) + 1, at)).matches();
  }

  private static <T> T parsed(String text, Attempt<T> attempt) throws UnreadableException {
    try {
      return attempt.of(text);
    } catch (MarkedYAMLException e) {
      throw e;
    } catch (YAMLException e) {
      throw firstLine(e.getMessage()).startsWith("Nesting Depth")
          ? tooDeep()
          : new UnreadableException(0, "YAML", firstLine(e.getMessage()));
    } catch (RuntimeException e) {
      // The parser's own faults, as of "\\x" at the end of a file; its message may quote a secret.
      throw new UnreadableException(
          0, "YAML", "what the parser fails at with " + e.getClass().getSimpleName());
    } catch (StackOverflowError e) {
      throw tooDeep();
    }
  }

  static UnreadableException tooDeep() {
    return new UnreadableException(0, "at most " + MAX_NESTING + " levels of nesting", "more");
  }

  private static Yaml yaml() {
    var limits = new LoaderOptions();
    limits.setCodePointLimit(MAX_BYTES);
    limits.setNestingDepthLimit(MAX_NESTING);
    limits.setAllowRecursiveKeys(false);
    var style = new DumperOptions();
    return new Yaml(
        new SafeConstructor(limits), new Representer(style), style, limits, new PythonScalars());
  }

  private static String decode(byte[] bytes) throws UnreadableException {
    try {
      var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.startsWith("\uFEFF") ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw new UnreadableException(invalidLine(bytes), "UTF-8 text", "other bytes");
    }
  }

  /** The line on which the bytes stop being UTF-8. */
  private static int invalidLine(byte[] bytes) {
    var in = ByteBuffer.wrap(bytes);
    var out = CharBuffer.allocate(bytes.length);
    StandardCharsets.UTF_8.newDecoder().decode(in, out, true);
    return 1 + (int) out.flip().chars().filter(c -> c == '\n').count();
  }

  private static void refuseControlCharacters(String text) throws UnreadableException {
    var line = 1;
    for (var i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      if (c == '\n') {
        line++;
      } else if (c < ' ' && c != '\t' && c != '\r') {
        throw new UnreadableException(
            line, "a text file", "the control character 0x%02x".formatted((int) c));
      }
    }
  }

  private static int line(MarkedYAMLException e) {
    var mark = e.getProblemMark() == null ? e.getContextMark() : e.getProblemMark();
    return mark == null ? 0 : mark.getLine() + 1;
  }

  /**
   * Without the source, the characters and the names that the parser quotes: secrets may be there.
   */
  private static String found(MarkedYAMLException e) {
    var problem = firstLine(e.getProblem());
    var found =
        switch (problem) {
          case String alias when alias.contains("undefined alias") ->
              "an alias (*name) without its anchor (&name); quote text that starts with *";
          case String tab when tab.contains("(TAB)") ->
              "a tab; YAML is indented with spaces, and 'expand -t 2 FILE' replaces tabs";
          case String token when token.contains("cannot start any token") ->
              "a value that starts with @, % or a backtick; quote it";
          case String escape when escape.contains("escape") ->
              "an unknown escape in double quotes; use single quotes, or two backslashes";
          case String handle when handle.contains("tag handle") -> "a tag that is declared nowhere";
          default -> CHARACTER.matcher(problem).replaceAll("something else");
        };
    var context =
        e.getContext() == null
            ? ""
            : " (" + QUOTED.matcher(firstLine(e.getContext())).replaceAll("it") + ")";
    return found + context;
  }

  private static String firstLine(@Nullable String message) {
    return message == null
        ? "something else"
        : message.lines().findFirst().orElse("something else");
  }
}
