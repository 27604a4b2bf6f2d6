package io.pgtopo.exporter.view;

/** An error of the API as RFC 9457 has it. */
public record ProblemDetail(String title, int status, String detail) {}
