package io.pgtopo.exporter.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.javalin.http.BadRequestResponse;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A request to put something under maintenance.
 *
 * @param name of a cluster or an instance
 * @param duration from now on, such as 2h30m; or {@code end}, not both
 */
record MaintenanceRequest(
    String name,
    Optional<String> duration,
    Optional<String> end,
    Optional<String> owner,
    Optional<String> reason) {
  private static final int LONGEST_TEXT = 500;
  private static final ObjectMapper STRICT =
      new ObjectMapper()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

  /**
   * Reads one.
   *
   * @throws BadRequestResponse for anything else
   */
  static MaintenanceRequest of(String json) {
    var fields = fields(json, List.of("name", "for", "until", "owner", "reason"));
    return new MaintenanceRequest(
        name(fields),
        Optional.ofNullable(fields.get("for")),
        Optional.ofNullable(fields.get("until")),
        Optional.ofNullable(fields.get("owner")),
        Optional.ofNullable(fields.get("reason")));
  }

  /**
   * The name alone, where nothing else is wanted.
   *
   * @throws BadRequestResponse for anything else
   */
  static String nameOf(String json) {
    return name(fields(json, List.of("name")));
  }

  /**
   * When it ends.
   *
   * @throws BadRequestResponse if it does not say, or is over
   */
  Instant until(Instant now) {
    if (duration.isPresent() == end.isPresent()) {
      throw new BadRequestResponse("exactly one of for and until is required");
    }
    var until = duration.map(text -> after(now, text)).or(() -> end.map(MaintenanceRequest::time));
    return until
        .filter(now::isBefore)
        .orElseThrow(() -> new BadRequestResponse("the end must be in the future; now: " + now));
  }

  private static Instant after(Instant now, String duration) {
    try {
      return now.plus(Duration.parse("PT" + duration.toUpperCase(Locale.ROOT)));
    } catch (DateTimeException | ArithmeticException wrong) {
      throw new BadRequestResponse("for must be a duration such as 90m or 2h30m");
    }
  }

  private static Instant time(String text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException wrong) {
      throw new BadRequestResponse("until must be a time such as 2026-12-31T08:00:00Z");
    }
  }

  private static String name(Map<String, String> fields) {
    return Optional.ofNullable(fields.get("name"))
        .orElseThrow(() -> new BadRequestResponse("name is required: of a cluster or an instance"));
  }

  private static Map<String, String> fields(String json, List<String> allowed) {
    var wanted = "the body must be a JSON object with strings for " + String.join(", ", allowed);
    var fields = new TreeMap<String, String>();
    for (var field : object(json, wanted).properties()) {
      if (!allowed.contains(field.getKey()) || !field.getValue().isTextual()) {
        throw new BadRequestResponse(wanted);
      }
      fields.put(field.getKey(), printable(field.getKey(), field.getValue().textValue()));
    }
    return fields;
  }

  private static JsonNode object(String json, String wanted) {
    try {
      var node = STRICT.readTree(json);
      if (node.isObject()) {
        return node;
      }
    } catch (JsonProcessingException malformed) {
      throw new BadRequestResponse(wanted);
    }
    throw new BadRequestResponse(wanted);
  }

  /** It is shown in terminals, and written in UTF-8, which has no lone surrogates. */
  private static String printable(String field, String text) {
    var isPrintable =
        text.codePoints()
            .noneMatch(
                letter ->
                    switch (Character.getType(letter)) {
                      case Character.CONTROL,
                          Character.FORMAT,
                          Character.SURROGATE,
                          Character.LINE_SEPARATOR,
                          Character.PARAGRAPH_SEPARATOR ->
                          true;
                      default -> false;
                    });
    if (text.isBlank() || !isPrintable || text.length() > LONGEST_TEXT) {
      throw new BadRequestResponse(field + " must be one line of printable text");
    }
    return text;
  }
}
