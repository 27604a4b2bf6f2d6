package io.pgtopo.config.reading;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Turns the parser's graph of nodes into values. An anchored node becomes one value, shared by its
 * aliases; the tree that the aliases span is counted, and refused if it is too large.
 */
final class TreeBuilder {
  private static final long MAX_VALUES = 20_000_000;
  private static final Tag UNSAFE = new Tag("!unsafe");
  private static final Set<Tag> TEXTS = Set.of(Tag.STR, Tag.TIMESTAMP, Tag.MERGE);

  private final IdentityHashMap<Node, Built> built = new IdentityHashMap<>();
  private final List<YamlDocument.Duplicate> duplicates = new ArrayList<>();

  /** A value and the number of values in the tree below it. */
  private record Built(Value value, long size) {}

  /** The place of a value; turned into text only for a message. */
  private record Path(@Nullable Path parent, String step) {
    Path child(String key) {
      return new Path(this, key);
    }

    @Override
    public String toString() {
      if (parent == null || parent.step.isEmpty() || step.startsWith("[")) {
        return (parent == null ? "" : parent) + step;
      }
      return parent + "." + step;
    }
  }

  YamlDocument build(@Nullable Node root) throws UnreadableException {
    if (root == null) {
      return new YamlDocument(new Value.Null(0), List.of());
    }
    var tree = value(root, new Path(null, ""));
    if (tree.size > MAX_VALUES) {
      throw new UnreadableException(
          0, "at most " + MAX_VALUES + " values", "aliases that expand to more");
    }
    return new YamlDocument(tree.value, duplicates);
  }

  private Built value(Node node, Path path) throws UnreadableException {
    var known = built.get(node);
    if (known != null) {
      return known;
    }
    if (built.containsKey(node)) {
      throw new UnreadableException(
          line(node), "a value" + within(path), "a value that contains itself");
    }
    built.put(node, null);
    var made =
        switch (node) {
          case ScalarNode scalar -> new Built(scalar(scalar), 1);
          case SequenceNode sequence -> sequence(sequence, path);
          case MappingNode mapping -> mapping(mapping, path);
          default -> new Built(new Value.Opaque(node.getTag().getValue(), line(node)), 1);
        };
    built.put(node, made);
    return made;
  }

  private static String within(Path path) {
    var text = path.toString();
    return text.isEmpty() ? "" : " at " + text;
  }

  private static int line(Node node) {
    return node.getStartMark().getLine() + 1;
  }

  private static Value scalar(ScalarNode node) {
    var text = node.getValue();
    var line = line(node);
    try {
      return switch (node.getTag()) {
        case Tag tag when TEXTS.contains(tag) -> new Value.Text(text, false, line);
        case Tag tag when tag.equals(UNSAFE) -> new Value.Text(text, true, line);
        case Tag tag when tag.equals(Tag.NULL) -> new Value.Null(line);
        case Tag tag when tag.equals(Tag.BOOL) -> new Value.Bool(PythonScalars.bool(text), line);
        case Tag tag when tag.equals(Tag.INT) -> integer(text, line);
        case Tag tag when tag.equals(Tag.FLOAT) ->
            new Value.Real(PythonScalars.floating(text), line);
        default -> new Value.Opaque(node.getTag().getValue(), line);
      };
    } catch (NumberFormatException e) {
      return new Value.Text(text, false, line);
    }
  }

  private static Value integer(String text, int line) {
    var number = PythonScalars.integer(text);
    return number.bitLength() < Long.SIZE
        ? new Value.Int(number.longValue(), line)
        : new Value.Real(number.doubleValue(), line);
  }

  private Built sequence(SequenceNode node, Path path) throws UnreadableException {
    var values = new ArrayList<Value>();
    var size = 1L;
    for (var i = 0; i < node.getValue().size(); i++) {
      var item = value(node.getValue().get(i), path.child("[" + i + "]"));
      values.add(item.value);
      size = sum(size, item.size);
    }
    return new Built(new Value.Items(values, line(node)), size);
  }

  private Built mapping(MappingNode node, Path path) throws UnreadableException {
    var own = new LinkedHashMap<String, Value.Field>();
    var merged = new LinkedHashMap<String, Value.Field>();
    var size = 1L;
    for (var tuple : node.getValue()) {
      if (tuple.getKeyNode().getTag().equals(Tag.MERGE)) {
        var source = value(tuple.getValueNode(), path);
        merge(source.value, merged);
        size = sum(size, source.size);
        continue;
      }
      var key = key(tuple, path);
      var field = value(tuple.getValueNode(), path.child(key));
      size = sum(size, field.size);
      put(own, key, new Value.Field(field.value, line(tuple.getKeyNode())), path);
    }
    merged.forEach(own::putIfAbsent);
    return new Built(wrapped(own, line(node)), size);
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

  private static String key(NodeTuple tuple, Path path) throws UnreadableException {
    if (!(tuple.getKeyNode() instanceof ScalarNode node)) {
      throw new UnreadableException(
          line(tuple.getKeyNode()), "a simple key" + within(path), "a list or a map");
    }
    return switch (scalar(node)) {
      case Value.Text text -> text.value();
      case Value.Int number -> Long.toString(number.value());
      case Value.Bool bool -> bool.value() ? "True" : "False";
      case Value.Null none -> "None";
      default -> node.getValue();
    };
  }

  /** Saturates: a bomb of aliases overflows 64 bits. */
  private static long sum(long a, long b) {
    return Math.min(a + b, MAX_VALUES + 1);
  }
}
