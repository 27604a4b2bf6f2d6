package io.pgtopo.exporter.json;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.deser.std.FromStringDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.pgtopo.config.model.Printable;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Writes and reads the records of the API. A key that is unknown is skipped, and one that is
 * missing is read as empty, so that agents and clients of different versions work together.
 */
public final class Json {
  private static final JsonSetter.Value EMPTY = JsonSetter.Value.forValueNulls(Nulls.AS_EMPTY);

  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .addModule(new Jdk8Module())
          .addModule(
              new SimpleModule()
                  .addSerializer(Instant.class, ToStringSerializer.instance)
                  .addSerializer(Duration.class, ToStringSerializer.instance)
                  .addDeserializer(
                      Instant.class, new Text<>(Instant.class, Instant::parse, Instant.EPOCH))
                  .addDeserializer(
                      Duration.class, new Text<>(Duration.class, Duration::parse, Duration.ZERO)))
          .disable(MapperFeature.AUTO_DETECT_IS_GETTERS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .withConfigOverride(List.class, list -> list.setSetterInfo(EMPTY))
          .withConfigOverride(String.class, text -> text.setSetterInfo(EMPTY))
          .withConfigOverride(Instant.class, time -> time.setSetterInfo(EMPTY))
          .withConfigOverride(Duration.class, time -> time.setSetterInfo(EMPTY))
          .build();

  private Json() {}

  /** Indented, with a line feed at the end. */
  public static String text(Object value) {
    return write(MAPPER.writerWithDefaultPrettyPrinter(), value) + "\n";
  }

  /** In one line. */
  public static String line(Object value) {
    return write(MAPPER.writer(), value);
  }

  private static String write(ObjectWriter writer, Object value) {
    try {
      return Printable.lines(writer.writeValueAsString(value));
    } catch (JsonProcessingException bug) {
      throw new IllegalStateException("not representable as JSON", bug);
    }
  }

  /** A record of a type; empty if the text is none. */
  public static <T> Optional<T> read(String text, Class<T> type) {
    try {
      return Optional.ofNullable(MAPPER.readValue(text, type));
    } catch (JsonProcessingException | DateTimeException other) {
      return Optional.empty();
    }
  }

  /** Reads what {@code toString} writes. */
  private static final class Text<T> extends FromStringDeserializer<T> {
    private static final long serialVersionUID = 1;

    private final transient Function<String, T> parse;
    private final transient T missing;

    Text(Class<T> type, Function<String, T> parse, T missing) {
      super(type);
      this.parse = parse;
      this.missing = missing;
    }

    @Override
    protected T _deserialize(String text, DeserializationContext context) {
      return parse.apply(text);
    }

    @Override
    public Object getEmptyValue(DeserializationContext context) {
      return missing;
    }
  }
}
