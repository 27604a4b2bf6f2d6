package io.pgtopo.exporter.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
 * What somebody asks to be put under maintenance.
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
   * @throws BadRequest for anything else
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
   * @throws BadRequest for anything else
   */
  static String nameOf(String json) {
    return name(fields(json, List.of("name")));
  }

  /**
   * When it ends.
   *
   * @throws BadRequest if it does not say, or is over
   */
  Instant until(Instant now) {
    if (duration.isPresent() == end.isPresent()) {
      throw new BadRequest("one of for and until is wanted");
    }
    var until = duration.map(text -> after(now, text)).or(() -> end.map(MaintenanceRequest::time));
    return until
        .filter(now::isBefore)
        .orElseThrow(() -> new BadRequest("wanted an end in the future: it is " + now));
  }

  private static Instant after(Instant now, String duration) {
    try {
      return now.plus(Duration.parse("PT" + duration.toUpperCase(Locale.ROOT)));
    } catch (DateTimeException | ArithmeticException wrong) {
      throw new BadRequest("wanted a duration such as 90m or 2h30m for for");
    }
  }

  private static Instant time(String text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException wrong) {
      throw new BadRequest("wanted a time such as 2026-12-31T08:00:00Z for until");
    }
  }

  private static String name(Map<String, String> fields) {
    return Optional.ofNullable(fields.get("name"))
        .orElseThrow(() -> new BadRequest("wanted name: of a cluster or an instance"));
  }

  private static Map<String, String> fields(String json, List<String> allowed) {
    var wanted = "a JSON object with texts of " + String.join(", ", allowed) + " is wanted";
    var fields = new TreeMap<String, String>();
    for (var field : object(json, wanted).properties()) {
      if (!allowed.contains(field.getKey()) || !field.getValue().isTextual()) {
        throw new BadRequest(wanted);
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
      throw new BadRequest(wanted);
    }
    throw new BadRequest(wanted);
  }

  /** It is shown in terminals, and written in UTF-8, where half a character has no place. */
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
      throw new BadRequest("wanted a line of printable text for " + field);
    }
    return text;
  }
}
