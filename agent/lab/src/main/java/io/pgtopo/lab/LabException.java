package io.pgtopo.lab;

/**
 * A server, a tool or the machine did not do what the lab asked of it; the message holds its last
 * words.
 */
public final class LabException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LabException(String message) {
    super(message);
  }

  LabException(String message, Throwable cause) {
    super(message, cause);
  }
}
