package io.pgtopo.config.pigsty;

import io.pgtopo.config.ansible.Host;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import software.amazon.smithy.jmespath.JmespathException;
import software.amazon.smithy.jmespath.JmespathExpression;
import software.amazon.smithy.jmespath.ast.LiteralExpression;

/**
 * A JMESPath expression that picks hosts by their variables, as Pigsty's services do.
 *
 * <p>Pigsty writes bare literals between back-ticks, {@code `primary`}, which python-jmespath
 * accepts. The standard requires JSON there, so they are quoted first.
 */
public final class Selector {
  private static final int LONGEST = 1_000;
  private static final Pattern JSON_SCALAR =
      Pattern.compile("\\s*(?:true|false|null|-?[0-9]+(?:\\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)\\s*");

  private final JmespathExpression expression;

  private Selector(JmespathExpression expression) {
    this.expression = expression;
  }

  /**
   * The selector.
   *
   * @throws IllegalArgumentException with what is wrong with the expression
   */
  public static Selector parse(String text) {
    if (text.length() > LONGEST) {
      throw new IllegalArgumentException("more than " + LONGEST + " characters");
    }
    try {
      return new Selector(JmespathExpression.parse(quoteLiterals(text)));
    } catch (RuntimeException | StackOverflowError e) {
      // The parser's messages about a misplaced `null` throw too.
      throw new IllegalArgumentException(firstLine(e), e);
    }
  }

  /**
   * The hosts among these that the expression returns, in its order.
   *
   * @throws IllegalArgumentException if it fails, or returns something that is no host
   */
  public List<Host> select(List<Host> hosts) {
    LiteralExpression result;
    try {
      result =
          expression.evaluate(new LiteralExpression(hosts.stream().map(HostObject::new).toList()));
    } catch (RuntimeException | StackOverflowError e) {
      // The evaluator's slices read beyond an empty list.
      throw new IllegalArgumentException(firstLine(e), e);
    }
    var selected = new ArrayList<Host>();
    if (!result.isArrayValue()) {
      throw new IllegalArgumentException("an expression that returns no list");
    }
    for (var item : result.expectArrayValue()) {
      if (!(item instanceof HostObject object)) {
        throw new IllegalArgumentException("an expression that returns something else than hosts");
      }
      selected.add(object.host());
    }
    return selected;
  }

  private static String firstLine(Throwable e) {
    return switch (e) {
      case StackOverflowError deep -> "an expression nested too deeply";
      case JmespathException wrong when wrong.getMessage() != null ->
          wrong.getMessage().lines().findFirst().orElse("no expression");
      default -> "no expression";
    };
  }

  /** Quotes bare text between back-ticks, as python-jmespath does. */
  public static String quoteLiterals(String text) {
    var quoted = new StringBuilder();
    var i = 0;
    while (i < text.length()) {
      var c = text.charAt(i);
      if (c != '`' && c != '\'' && c != '"') {
        quoted.append(c);
        i++;
        continue;
      }
      var end = endOfQuote(text, i);
      var inside = text.substring(i + 1, Math.max(i + 1, end));
      quoted.append(c).append(c == '`' ? asJson(inside) : inside);
      if (end < text.length()) {
        quoted.append(c);
      }
      i = end + 1;
    }
    return quoted.toString();
  }

  private static int endOfQuote(String text, int start) {
    for (var i = start + 1; i < text.length(); i++) {
      if (text.charAt(i) == '\\') {
        i++;
      } else if (text.charAt(i) == text.charAt(start)) {
        return i;
      }
    }
    return text.length();
  }

  private static String asJson(String literal) {
    var start = literal.stripLeading();
    var isJson =
        start.startsWith("\"")
            || start.startsWith("[")
            || start.startsWith("{")
            || JSON_SCALAR.matcher(literal).matches();
    return isJson ? literal : "\"" + start.replace("\"", "\\\"") + "\"";
  }
}
