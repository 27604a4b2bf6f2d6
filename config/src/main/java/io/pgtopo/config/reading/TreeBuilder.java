package io.pgtopo.config.reading;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.CollectionStartEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.Event.ID;
import org.yaml.snakeyaml.events.MappingStartEvent;
import org.yaml.snakeyaml.events.NodeEvent;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.nodes.NodeId;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Turns the parser's events into values, without the parser's own graph, which is many times as
 * large. An anchored value is shared by its aliases; the tree that the aliases span is counted, and
 * refused if it is too large.
 */
final class TreeBuilder {
  private static final long MAX_VALUES = 20_000_000;
  private static final int MAX_ALIASES = 100_000;
  private static final Tag UNSAFE = new Tag("!unsafe");
  private static final Set<String> LOCAL_TAGS =
      Set.of("!", "!unsafe", "!vault", "!vault-encrypted");
  private static final Set<Tag> TEXTS = Set.of(Tag.STR, Tag.TIMESTAMP, Tag.MERGE);

  private final Iterator<Event> events;
  private final PythonScalars scalars = new PythonScalars();

  /** Empty while the value is being read. */
  private final Map<String, Optional<Built>> anchors = new HashMap<>();

  /** Each key once: the same ones stand at every host. */
  private final Map<String, String> keys = new HashMap<>();

  private final List<YamlDocument.Duplicate> duplicates = new ArrayList<>();
  private int aliases;

  TreeBuilder(Iterable<Event> events) {
    this.events = events.iterator();
  }

  /**
   * A value.
   *
   * @param size the number of values in the tree below it
   * @param tag as it was resolved
   * @param text of a scalar, as it is written
   */
  private record Built(Value value, long size, Tag tag, String text) {}

  /** The place of a value; turned into text only for a message. */
  private record Path(@Nullable Path parent, String step, int depth) {
    Path child(String key) {
      return new Path(this, key, depth + 1);
    }

    @Override
    public String toString() {
      if (parent == null || parent.step.isEmpty() || step.startsWith("[")) {
        return (parent == null ? "" : parent) + step;
      }
      return parent + "." + step;
    }
  }

  /** The one document; throws what the parser throws, too. */
  YamlDocument build() throws UnreadableException {
    events.next();
    var start = events.next();
    if (start.is(ID.StreamEnd)) {
      return new YamlDocument(new Value.Null(0), List.of());
    }
    var tree = value(events.next(), new Path(null, "", 0));
    events.next();
    var end = events.next();
    if (!end.is(ID.StreamEnd)) {
      throw new UnreadableException(line(end), "YAML", "a second document");
    }
    if (tree.size > MAX_VALUES) {
      throw new UnreadableException(
          0, "at most " + MAX_VALUES + " values", "aliases that expand to more");
    }
    return new YamlDocument(tree.value, duplicates);
  }

  private Built value(Event event, Path path) throws UnreadableException {
    if (event instanceof AliasEvent alias) {
      return anchored(alias, path);
    }
    if (path.depth > YamlReader.MAX_NESTING) {
      throw YamlReader.tooDeep();
    }
    var node = (NodeEvent) event;
    var anchor = node.getAnchor();
    if (anchor != null && anchors.putIfAbsent(anchor, Optional.empty()) != null) {
      throw new UnreadableException(
          line(node), "an anchor" + within(path) + " of its own", "&" + anchor + " again");
    }
    var tag = tag(node);
    refuse(tag, node, path);
    var made =
        switch (node) {
          case ScalarEvent scalar -> new Built(scalar(tag, scalar), 1, tag, scalar.getValue());
          case MappingStartEvent mapping -> mapping(tag, mapping, path);
          default -> sequence(tag, node, path);
        };
    if (anchor != null) {
      anchors.put(anchor, Optional.of(made));
    }
    return made;
  }

  private Built anchored(AliasEvent alias, Path path) throws UnreadableException {
    var known = anchors.get(alias.getAnchor());
    if (known == null) {
      throw new UnreadableException(
          line(alias),
          "YAML",
          "an alias (*name) without its anchor (&name); quote text that starts with *");
    }
    if (known.isEmpty()) {
      throw new UnreadableException(
          line(alias), "a value" + within(path), "a value that contains itself");
    }
    if (++aliases > MAX_ALIASES) {
      throw new UnreadableException(line(alias), "at most " + MAX_ALIASES + " aliases", "more");
    }
    return known.get();
  }

  private Tag tag(NodeEvent node) {
    return switch (node) {
      case ScalarEvent scalar when isImplicit(scalar.getTag()) ->
          scalars.resolve(
              NodeId.scalar, scalar.getValue(), scalar.getImplicit().canOmitTagInPlainScalar());
      case ScalarEvent scalar -> new Tag(scalar.getTag());
      case CollectionStartEvent start when !isImplicit(start.getTag()) -> new Tag(start.getTag());
      default -> node instanceof MappingStartEvent ? Tag.MAP : Tag.SEQ;
    };
  }

  private static boolean isImplicit(@Nullable String tag) {
    return tag == null || tag.equals("!");
  }

  /** What Ansible refuses: a tag without a meaning. */
  private static void refuse(Tag tag, Event node, Path path) throws UnreadableException {
    if (tag.equals(PythonScalars.EQUALS_SIGN)) {
      throw new UnreadableException(line(node), "a value" + within(path), "=, without quotes");
    }
    if (!tag.startsWith(Tag.PREFIX) && !LOCAL_TAGS.contains(tag.getValue())) {
      throw new UnreadableException(
          line(node), "a value" + within(path), "one with the unknown tag " + tag.getValue());
    }
  }

  private static String within(Path path) {
    var text = path.toString();
    return text.isEmpty() ? "" : " at " + text;
  }

  private static int line(Event event) {
    return event.getStartMark().getLine() + 1;
  }

  private static Value scalar(Tag tag, ScalarEvent event) throws UnreadableException {
    var text = event.getValue();
    var line = line(event);
    try {
      return switch (tag) {
        case Tag it when TEXTS.contains(it) -> new Value.Text(text, false, line);
        case Tag it when it.equals(UNSAFE) -> new Value.Text(text, true, line);
        case Tag it when it.equals(Tag.NULL) -> new Value.Null(line);
        case Tag it when it.equals(Tag.BOOL) -> new Value.Bool(PythonScalars.bool(text), line);
        case Tag it when it.equals(Tag.INT) -> integer(text, line);
        case Tag it when it.equals(Tag.FLOAT) -> new Value.Real(PythonScalars.floating(text), line);
        default -> new Value.Opaque(tag.getValue(), line);
      };
    } catch (IllegalArgumentException e) {
      throw new UnreadableException(line, "a value of its tag", "other text");
    }
  }

  private static Value integer(String text, int line) {
    var number = PythonScalars.integer(text);
    return number.bitLength() < Long.SIZE
        ? new Value.Int(number.longValue(), line)
        : new Value.Real(number.doubleValue(), line);
  }

  private Built sequence(Tag tag, Event start, Path path) throws UnreadableException {
    var values = new ArrayList<Value>();
    var size = 1L;
    for (var event = events.next(); !event.is(ID.SequenceEnd); event = events.next()) {
      var item = value(event, path.child("[" + values.size() + "]"));
      values.add(item.value);
      size = sum(size, item.size);
    }
    values.trimToSize();
    return new Built(new Value.Items(values, line(start)), size, tag, "");
  }

  private Built mapping(Tag tag, Event start, Path path) throws UnreadableException {
    var own = new LinkedHashMap<String, Value.Field>();
    var merged = new LinkedHashMap<String, Value.Field>();
    var size = 1L;
    for (var event = events.next(); !event.is(ID.MappingEnd); event = events.next()) {
      var key = value(event, path);
      if (key.value instanceof Value.Fields || key.value instanceof Value.Items) {
        throw new UnreadableException(
            line(event), "a simple key" + within(path), "a list or a map");
      }
      if (key.tag.equals(Tag.MERGE)) {
        var source = value(events.next(), path.child("<<"));
        merge(source.value, merged);
        size = sum(size, source.size);
        continue;
      }
      var name = keys.computeIfAbsent(text(key), it -> it);
      var field = value(events.next(), path.child(name));
      size = sum(size, field.size);
      var kind = key.value instanceof Value.Text ? Value.KeyKind.TEXT : Value.KeyKind.OTHER;
      put(own, name, new Value.Field(field.value, line(event), kind), path);
    }
    merged.forEach(own::putIfAbsent);
    return new Built(wrapped(own, line(start)), size, tag, "");
  }

  private void put(Map<String, Value.Field> own, String key, Value.Field field, Path path) {
    var earlier = own.put(key, field);
    if (earlier != null) {
      duplicates.add(
          new YamlDocument.Duplicate(path.child(key).toString(), field.line(), earlier.line()));
    }
  }

  /** Several sources of one {@code <<}: the first one counts. */
  private static void merge(Value source, Map<String, Value.Field> into) {
    switch (source) {
      case Value.Fields map -> map.fields().forEach(into::putIfAbsent);
      case Value.Items list -> list.values().forEach(item -> merge(item, into));
      default -> {}
    }
  }

  /** The JSON forms in which Ansible prints encrypted and unsafe strings. */
  private static Value wrapped(Map<String, Value.Field> fields, int line) {
    if (fields.size() == 1) {
      if (fields.containsKey("__ansible_vault")) {
        return new Value.Opaque("!vault", line);
      }
      var unsafe = fields.get("__ansible_unsafe");
      if (unsafe != null && unsafe.value() instanceof Value.Text text) {
        return new Value.Text(text.value(), true, line);
      }
    }
    return new Value.Fields(fields, line);
  }

  /** A key as Python prints it. */
  private static String text(Built key) {
    return switch (key.value) {
      case Value.Text text -> text.value();
      case Value.Int number -> Long.toString(number.value());
      case Value.Real number -> Double.toString(number.value());
      case Value.Bool bool -> bool.value() ? "True" : "False";
      case Value.Null none -> "None";
      default -> key.text;
    };
  }

  /** Saturates: a bomb of aliases overflows 64 bits. */
  private static long sum(long a, long b) {
    return Math.min(a + b, MAX_VALUES + 1);
  }
}
