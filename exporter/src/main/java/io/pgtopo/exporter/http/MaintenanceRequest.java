package io.pgtopo.exporter.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.BadRequestResponse;
import io.pgtopo.config.reading.Durations;
import io.pgtopo.config.reading.Times;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A request to put something under maintenance, or to end that.
 *
 * @param fields printable text by the key
 */
record MaintenanceRequest(Map<String, String> fields) {
  private static final int LONGEST_TEXT = 500;
  private static final Pattern PRINTABLE =
      Pattern.compile("[^\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]*");
  private static final ObjectMapper STRICT =
      new ObjectMapper()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

  /**
   * Reads one with a name, and with what else is given of these.
   *
   * @throws BadRequestResponse for anything else
   */
  static MaintenanceRequest of(String json, String... more) {
    return new MaintenanceRequest(
        fields(json, Stream.concat(Stream.of("name"), Stream.of(more)).toList()));
  }

  private static Map<String, String> fields(String json, List<String> allowed) {
    var wanted = "the body must be a JSON object with strings for " + String.join(", ", allowed);
    var fields = new TreeMap<String, String>();
    try {
      if (!(STRICT.readTree(json) instanceof ObjectNode node)) {
        throw new BadRequestResponse(wanted);
      }
      for (var field : node.properties()) {
        if (!allowed.contains(field.getKey()) || !field.getValue().isTextual()) {
          throw new BadRequestResponse(wanted);
        }
        fields.put(field.getKey(), printable(field.getKey(), field.getValue().textValue()));
      }
      return fields;
    } catch (JsonProcessingException malformed) {
      throw new BadRequestResponse(wanted);
    }
  }

  Optional<String> find(String field) {
    return Optional.ofNullable(fields.get(field));
  }

  /** Of a cluster or an instance. */
  String name() {
    return find("name")
        .orElseThrow(() -> new BadRequestResponse("name is required: of a cluster or an instance"));
  }

  /**
   * When it ends.
   *
   * @throws BadRequestResponse if it does not say, or is over
   */
  Instant until(Instant now) {
    if (find("for").isPresent() == find("until").isPresent()) {
      throw new BadRequestResponse("exactly one of for and until is required");
    }
    return find("for")
        .map(text -> after(now, text))
        .or(() -> find("until").map(MaintenanceRequest::time))
        .filter(now::isBefore)
        .orElseThrow(() -> new BadRequestResponse("the end must be in the future; now: " + now));
  }

  private static Instant after(Instant now, String text) {
    return Durations.parse(text)
        .map(now::plus)
        .orElseThrow(() -> new BadRequestResponse("for must be a duration such as 90m or 2h30m"));
  }

  private static Instant time(String text) {
    return Times.parse(text)
        .orElseThrow(
            () -> new BadRequestResponse("until must be a time such as 2026-12-31T08:00:00Z"));
  }

  /** It is shown in terminals, and written in UTF-8, which has no lone surrogates. */
  private static String printable(String field, String text) {
    if (text.isBlank() || !PRINTABLE.matcher(text).matches() || text.length() > LONGEST_TEXT) {
      throw new BadRequestResponse(field + " must be one line of printable text");
    }
    return text;
  }
}
