package io.pgtopo.exporter.http;

import io.javalin.http.HttpStatus;

/** A question that cannot be answered as it is asked; its message is for whoever asked. */
final class BadRequest extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final HttpStatus status;
  private final String text;

  BadRequest(String message) {
    this(HttpStatus.BAD_REQUEST, message);
  }

  BadRequest(HttpStatus status, String message) {
    super(message);
    this.status = status;
    this.text = message;
  }

  HttpStatus status() {
    return status;
  }

  String text() {
    return text;
  }
}
