package io.pgtopo.agent.observation;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The agent's own limit of open files is reached: this says nothing of any server. */
public final class OutOfFilesError extends VirtualMachineError {
  /** What happened. */
  public static final String MESSAGE = "the limit of open files of this process is reached";

  private static final long serialVersionUID = 1;

  public OutOfFilesError() {
    super(MESSAGE);
  }

  /** Whether the operating system gave no socket, by the message of an error of input or output. */
  public static boolean isReason(@Nullable String message) {
    return message != null && message.toLowerCase(Locale.ROOT).contains("too many open files");
  }
}
