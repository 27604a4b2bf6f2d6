package io.pgtopo.lab;

/** A failure of a server, a tool or the machine; the message contains its last output. */
public final class LabException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LabException(String message) {
    super(message);
  }

  LabException(String message, Throwable cause) {
    super(message, cause);
  }
}
