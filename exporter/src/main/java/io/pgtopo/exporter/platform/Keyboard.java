package io.pgtopo.exporter.platform;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The keys that the user of a terminal presses: {@code q} ends what is on the screen. */
public final class Keyboard implements AutoCloseable {
  private static final File TERMINAL = new File("/dev/tty");

  private final CountDownLatch quit = new CountDownLatch(1);

  /** The modes of the terminal before; empty where there is none. */
  private final Optional<String> modes;

  private final Thread leaving =
      Thread.ofPlatform().name("restore the terminal").unstarted(this::restore);

  private Keyboard(Optional<String> modes) {
    this.modes = modes;
  }

  /** Nobody presses a key where the output leads elsewhere. */
  public static Keyboard open(Screen screen) {
    var keyboard =
        new Keyboard(screen.out() == Screen.Channel.TERMINAL ? stty("-g") : Optional.empty());
    if (keyboard.modes.isPresent()) {
      Runtime.getRuntime().addShutdownHook(keyboard.leaving);
      stty("-icanon", "-echo");
      Thread.ofPlatform().daemon().name("keyboard").start(keyboard::read);
    }
    return keyboard;
  }

  private void read() {
    try (var keys = new FileInputStream(TERMINAL)) {
      for (var key = keys.read(); key >= 0; key = keys.read()) {
        if (key == 'q') {
          quit.countDown();
        }
      }
    } catch (IOException gone) {
      // Ctrl-C is left.
    }
  }

  /** Waits; true as soon as the user wants to leave. */
  public boolean isQuitWithin(Duration pause) throws InterruptedException {
    return quit.await(pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void restore() {
    modes.ifPresent(Keyboard::stty);
  }

  @Override
  public void close() {
    restore();
  }

  private static Optional<String> stty(String... arguments) {
    try {
      var stty =
          new ProcessBuilder(Stream.concat(Stream.of("stty"), Stream.of(arguments)).toList())
              .redirectInput(TERMINAL)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      var answer = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      return stty.waitFor() == 0 ? Optional.of(answer.strip()) : Optional.empty();
    } catch (IOException noStty) {
      return Optional.empty();
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
