package io.pgtopo.exporter.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A JSON object that is being put together; its keys stay in the order in which they came. */
public final class JsonObject {
  private static final ObjectMapper LINES = new ObjectMapper();
  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private final Map<String, @Nullable Object> fields = new LinkedHashMap<>();

  /** Adds a string, a number, a boolean, a list of such, or another object's {@link #fields}. */
  public JsonObject with(String key, Object value) {
    fields.put(key, value);
    return this;
  }

  /** Adds a value that may be unknown: {@code null} then. */
  public JsonObject with(String key, Optional<?> value) {
    fields.put(key, value.orElse(null));
    return this;
  }

  /** Adds all that stands in another object. */
  JsonObject withAll(Map<String, @Nullable Object> others) {
    fields.putAll(others);
    return this;
  }

  /** What stands in it. */
  public Map<String, @Nullable Object> fields() {
    return fields;
  }

  /** Its text, indented, with a line feed at the end. */
  public String text() {
    return write(MAPPER, fields) + "\n";
  }

  /** Its text in one line. */
  public String line() {
    return write(LINES, fields);
  }

  /** The text of a list of objects' {@link #fields}, as that of an object. */
  public static String text(List<Map<String, @Nullable Object>> list) {
    return write(MAPPER, list) + "\n";
  }

  private static String write(ObjectMapper mapper, Object value) {
    try {
      return mapper.writeValueAsString(value);
    } catch (JsonProcessingException bug) {
      throw new IllegalStateException("not representable as JSON", bug);
    }
  }
}
