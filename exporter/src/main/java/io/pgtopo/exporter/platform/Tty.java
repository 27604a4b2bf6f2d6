package io.pgtopo.exporter.platform;

import io.pgtopo.exporter.text.Style;
import java.io.File;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** The real terminal, by Linux and the environment. */
public final class Tty {
  private static final Pattern TERMINAL = Pattern.compile("/dev/(pts/|tty|console).*");
  private static final Pattern SIZE = Pattern.compile("(\\d{1,5}) (\\d{1,5})");
  private static final int NARROWEST = 40;

  private Tty() {}

  public static Screen screen(Map<String, String> environment) {
    return new Screen(channel(1), channel(2), () -> size(environment));
  }

  /** The style of standard output. */
  public static Style style(Screen screen, Map<String, String> environment) {
    var encoding = System.getProperty("stdout.encoding", Charset.defaultCharset().name());
    var isDumb = "dumb".equals(environment.get("TERM"));
    var isUnicode = encoding.equalsIgnoreCase(StandardCharsets.UTF_8.name()) && !isDumb;
    var isColourful =
        screen.out() == Screen.Channel.TERMINAL
            && !isDumb
            && environment.getOrDefault("NO_COLOR", "").isEmpty();
    var width =
        screen.out() == Screen.Channel.TERMINAL
            ? screen.size().get().map(Screen.Size::columns).orElse(Style.WIDTH)
            : number(environment.get("COLUMNS")).orElse(Style.WIDTH);
    return new Style(
        isUnicode ? Style.Glyphs.UNICODE : Style.Glyphs.ASCII,
        isColourful ? Style.Colours.ON : Style.Colours.OFF,
        Math.max(NARROWEST, width));
  }

  private static Screen.Channel channel(int descriptor) {
    try {
      var leadsTo = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor));
      return TERMINAL.matcher(leadsTo.toString()).matches()
          ? Screen.Channel.TERMINAL
          : Screen.Channel.ELSEWHERE;
    } catch (IOException closed) {
      return Screen.Channel.ELSEWHERE;
    }
  }

  /** By {@code stty} of the coreutils: the JDK does not know the size of a window. */
  private static Optional<Screen.Size> size(Map<String, String> environment) {
    try {
      var stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(new File("/dev/tty"))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      var answer = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      stty.waitFor(1, TimeUnit.SECONDS);
      var match = SIZE.matcher(answer.strip());
      if (match.matches() && !match.group(1).equals("0") && !match.group(2).equals("0")) {
        return Optional.of(
            new Screen.Size(Integer.parseInt(match.group(2)), Integer.parseInt(match.group(1))));
      }
    } catch (IOException noStty) {
      // The environment may have it.
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
    return number(environment.get("COLUMNS"))
        .flatMap(
            columns ->
                number(environment.get("LINES")).map(rows -> new Screen.Size(columns, rows)));
  }

  private static Optional<Integer> number(@org.jspecify.annotations.Nullable String text) {
    return Optional.ofNullable(text)
        .filter(digits -> digits.matches("[1-9]\\d{0,4}"))
        .map(Integer::valueOf);
  }
}
