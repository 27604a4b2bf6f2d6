package io.pgtopo.agent.state;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.pgtopo.agent.history.History;
import io.pgtopo.agent.history.LastAnswer;
import io.pgtopo.agent.history.LastAnswers;
import io.pgtopo.agent.track.DriftTracker;
import io.pgtopo.agent.track.Hysteresis;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Printable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;

/** A history as JSON, and back. */
final class StateJson {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private StateJson() {}

  /** Why a file cannot be taken over. */
  static final class UnusableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnusableException(String message) {
      super(message);
    }
  }

  static byte[] write(History history, Instant now) {
    var document =
        new Document(
            Document.FORMAT,
            Document.VERSION,
            now.toString(),
            history.tracker().episodes().values().stream().map(Rows::open).toList(),
            history.tracker().resolved().stream().map(Rows::resolved).toList(),
            history.roster().members().entrySet().stream()
                .map(entry -> Rows.known(entry.getKey(), entry.getValue()))
                .toList(),
            history.changes().stream().map(Rows::happened).toList());
    try {
      return Printable.lines(MAPPER.writeValueAsString(document)).getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException bug) {
      throw new IllegalStateException("a history that is no JSON", bug);
    }
  }

  /** The history in a file; what this version has no word for is left out. */
  static History read(byte[] bytes, Hysteresis hysteresis) throws UnusableException {
    try {
      var tree = MAPPER.readTree(bytes);
      if (!tree.path("format").asText().equals(Document.FORMAT)) {
        throw new UnusableException("it is no state of pgtopo");
      }
      if (tree.path("version").asInt() != Document.VERSION) {
        throw new UnusableException(
            "it is of version %s, and this pgtopo knows %d"
                .formatted(tree.path("version").asText(), Document.VERSION));
      }
      return history(MAPPER.treeToValue(tree, Document.class), hysteresis);
    } catch (JacksonException damaged) {
      throw new UnusableException("it is damaged: " + damaged.getOriginalMessage());
    } catch (IOException impossible) {
      throw new UnusableException("it is damaged: " + impossible.getMessage());
    } catch (RuntimeException damaged) {
      // A value is missing, or is none of its type: the file was not written by pgtopo as it is.
      throw new UnusableException("it is damaged: a part is missing, or is none of its type");
    }
  }

  private static History history(Document document, Hysteresis hysteresis) {
    var members = new TreeMap<Endpoint, LastAnswer>();
    document.instances().forEach(row -> members.put(Values.endpoint(row.at()), Values.member(row)));
    var episodes = document.open().stream().flatMap(row -> Values.episode(row).stream()).toList();
    var resolved =
        document.resolved().stream().flatMap(row -> Values.resolved(row).stream()).toList();
    var changes = document.changes().stream().flatMap(row -> Values.change(row).stream()).toList();
    return new History(
        new LastAnswers(members),
        DriftTracker.resuming(hysteresis, episodes, newest(resolved, DriftTracker.MOST_RESOLVED)),
        newest(changes, History.MOST_CHANGES),
        List.of());
  }

  private static <T> List<T> newest(List<T> rows, int most) {
    return rows.subList(Math.max(0, rows.size() - most), rows.size());
  }
}
