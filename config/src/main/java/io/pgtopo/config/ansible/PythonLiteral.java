package io.pgtopo.config.ansible;

import io.pgtopo.config.reading.Value;
import io.pgtopo.config.reading.Value.KeyKind;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * A value of an INI inventory, as Ansible reads it: a literal of Python, otherwise text. It knows
 * the numbers, texts, lists, tuples and maps of Python, and none of its operators.
 */
final class PythonLiteral {
  private static final Pattern SPACE = Pattern.compile("[ \\t\\f]*(?:#.*)?");
  private static final Pattern NUMBER =
      Pattern.compile(
          "(?<hex>0[xX](?:_?[0-9a-fA-F])+)|(?<octal>0[oO](?:_?[0-7])+)|(?<binary>0[bB](?:_?[01])+)"
              + "|(?<real>(?:(?:DIGITS)?\\.DIGITS|DIGITS\\.?)[eE][-+]?DIGITS|(?:DIGITS)?\\.DIGITS|DIGITS\\.)"
                  .replace("DIGITS", "[0-9](?:_?[0-9])*")
              + "|(?<integer>[1-9](?:_?[0-9])*|0(?:_?0)*)");
  private static final Pattern WORD = Pattern.compile("[A-Za-z_]\\w*");
  private static final Pattern QUOTE =
      Pattern.compile("(?<prefix>[uU]|[rR])?(?<quote>\"\"\"|'''|\"|')");
  private static final Pattern ESCAPE =
      Pattern.compile(
          "\\\\(?:(?<octal>[0-7]{1,3})|x(?<hex>[0-9a-fA-F]{2})|u(?<short>[0-9a-fA-F]{4})"
              + "|U(?<long>[0-9a-fA-F]{8})|(?<other>.))");
  private static final String NAMED = "\\'\"abfnrtv";
  private static final String MEANT = "\\'\"\u0007\b\f\n\r\t\u000b";
  private static final int MAX_DEPTH = 90;

  private final String text;
  private final int line;
  private int at;

  private PythonLiteral(String text, int line) {
    this.text = text;
    this.line = line;
  }

  /** The text is no literal. */
  private static final class NoLiteralException extends Exception {
    private static final long serialVersionUID = 1L;
  }

  /** The value of a text on a line of its file. */
  static Value parse(String text, int line) {
    try {
      var literal = new PythonLiteral(text.replaceFirst("^[ \\t]+", ""), line);
      var value = literal.tuple();
      literal.end();
      return value;
    } catch (NoLiteralException none) {
      return new Value.Text(text, false, line);
    }
  }

  private void end() throws NoLiteralException {
    skip();
    if (at < text.length()) {
      throw new NoLiteralException();
    }
  }

  /** Values separated by commas are a tuple without its parentheses. */
  private Value tuple() throws NoLiteralException {
    var first = value(0);
    if (!hasNext(',')) {
      return first;
    }
    var items = new ArrayList<>(List.of(first));
    skip();
    while (at < text.length()) {
      items.add(value(0));
      if (!hasNext(',')) {
        break;
      }
      skip();
    }
    return new Value.Items(items, line);
  }

  private Value value(int depth) throws NoLiteralException {
    skip();
    if (at == text.length() || depth > MAX_DEPTH) {
      throw new NoLiteralException();
    }
    return switch (text.charAt(at)) {
      case '[' -> new Value.Items(items(']', depth).orElseThrow(NoLiteralException::new), line);
      case '(' -> parenthesis(depth);
      case '{' -> map(depth);
      case '-', '+' -> signed();
      default -> scalar();
    };
  }

  /** The items up to a bracket; empty if there is one without a comma: of a tuple, its value. */
  private Optional<List<Value>> items(char end, int depth) throws NoLiteralException {
    at++;
    var items = new ArrayList<Value>();
    while (!hasNext(end)) {
      items.add(value(depth + 1));
      if (!hasNext(',')) {
        require(end);
        return items.size() == 1 && end == ')' ? Optional.empty() : Optional.of(items);
      }
    }
    return Optional.of(items);
  }

  private Value parenthesis(int depth) throws NoLiteralException {
    var start = at;
    var items = items(')', depth);
    if (items.isPresent()) {
      return new Value.Items(items.get(), line);
    }
    at = start + 1;
    var only = value(depth + 1);
    require(')');
    return only;
  }

  private Value map(int depth) throws NoLiteralException {
    at++;
    Map<String, Value.Field> fields = new LinkedHashMap<>();
    while (!hasNext('}')) {
      var key = value(depth + 1);
      require(':');
      fields.put(name(key), new Value.Field(value(depth + 1), line, KeyKind.TEXT));
      if (!hasNext(',')) {
        require('}');
        break;
      }
    }
    return new Value.Fields(fields, line);
  }

  private static String name(Value key) throws NoLiteralException {
    return switch (key) {
      case Value.Text name -> name.value();
      case Value.Int number -> Long.toString(number.value());
      case Value.Bool bool -> bool.value() ? "True" : "False";
      case Value.Null none -> "None";
      default -> throw new NoLiteralException();
    };
  }

  private Value signed() throws NoLiteralException {
    var isNegative = text.charAt(at) == '-';
    at++;
    skip();
    return switch (number()) {
      case Value.Int number when isNegative -> new Value.Int(-number.value(), line);
      case Value.Real number when isNegative -> new Value.Real(-number.value(), line);
      case Value number -> number;
    };
  }

  private Value scalar() throws NoLiteralException {
    if (find(QUOTE).isPresent()) {
      return text();
    }
    var word = find(WORD);
    if (word.isEmpty()) {
      return number();
    }
    at = word.get().end();
    return switch (word.get().group()) {
      case "True" -> new Value.Bool(true, line);
      case "False" -> new Value.Bool(false, line);
      case "None" -> new Value.Null(line);
      default -> throw new NoLiteralException();
    };
  }

  private Value number() throws NoLiteralException {
    var found = find(NUMBER).orElseThrow(NoLiteralException::new);
    at = found.end();
    if (at < text.length() && Character.isLetterOrDigit(text.charAt(at))) {
      throw new NoLiteralException();
    }
    var digits = found.group().replace("_", "");
    if (found.group("real") != null) {
      return new Value.Real(Double.parseDouble(digits), line);
    }
    var isPlain = found.group("integer") != null;
    var radix =
        isPlain ? 10 : found.group("hex") != null ? 16 : found.group("octal") != null ? 8 : 2;
    var number = new BigInteger(isPlain ? digits : digits.substring(2), radix);
    return number.bitLength() < Long.SIZE
        ? new Value.Int(number.longValue(), line)
        : new Value.Real(number.doubleValue(), line);
  }

  /** One text, or several next to each other. */
  private Value text() throws NoLiteralException {
    var joined = new StringBuilder();
    for (var start = find(QUOTE); start.isPresent(); start = find(QUOTE)) {
      var quote = start.get().group("quote");
      var isRaw = "rR".contains(String.valueOf(start.get().group("prefix")));
      var content = start.get().end();
      var end = end(content, quote);
      joined.append(isRaw ? text.substring(content, end) : unescaped(text.substring(content, end)));
      at = end + quote.length();
      skip();
    }
    return new Value.Text(joined.toString(), false, line);
  }

  private int end(int start, String quote) throws NoLiteralException {
    for (var i = start; i < text.length(); i++) {
      if (text.charAt(i) == '\\') {
        i++;
      } else if (text.startsWith(quote, i)) {
        return i;
      }
    }
    throw new NoLiteralException();
  }

  private static String unescaped(String content) throws NoLiteralException {
    var result = new StringBuilder();
    var escape = ESCAPE.matcher(content);
    var done = 0;
    while (escape.find()) {
      result.append(content, done, escape.start()).append(meant(escape.toMatchResult()));
      done = escape.end();
    }
    return result.append(content.substring(done)).toString();
  }

  private static String meant(MatchResult escape) throws NoLiteralException {
    var other = escape.group("other");
    if (other != null && "xuUN".contains(other)) {
      throw new NoLiteralException();
    }
    if (other != null) {
      var known = NAMED.indexOf(other.charAt(0));
      return known < 0 ? escape.group() : MEANT.substring(known, known + 1);
    }
    var isOctal = escape.group("octal") != null;
    var code = Long.parseLong(escape.group().substring(isOctal ? 1 : 2), isOctal ? 8 : 16);
    if (code > Character.MAX_CODE_POINT) {
      throw new NoLiteralException();
    }
    return Character.toString((int) code);
  }

  private Optional<MatchResult> find(Pattern pattern) {
    var matcher = pattern.matcher(text).region(at, text.length());
    return matcher.lookingAt() ? Optional.of(matcher.toMatchResult()) : Optional.empty();
  }

  private void skip() {
    find(SPACE).ifPresent(space -> at = space.end());
  }

  private boolean hasNext(char wanted) {
    skip();
    var isNext = at < text.length() && text.charAt(at) == wanted;
    at += isNext ? 1 : 0;
    return isNext;
  }

  private void require(char wanted) throws NoLiteralException {
    if (!hasNext(wanted)) {
      throw new NoLiteralException();
    }
  }
}
