package io.pgtopo.config.pigsty;

import io.pgtopo.config.ansible.Host;
import io.pgtopo.config.reading.Located;
import io.pgtopo.config.reading.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import software.amazon.smithy.jmespath.JmespathException;
import software.amazon.smithy.jmespath.JmespathExceptionType;
import software.amazon.smithy.jmespath.RuntimeType;
import software.amazon.smithy.jmespath.evaluation.JmespathRuntime;
import software.amazon.smithy.jmespath.evaluation.NumberType;

/**
 * JMESPath over hosts and their variables without copying them: a {@link Host} is an object, a
 * {@link Value} what it is in JSON; results of expressions are lists, maps and plain values. Values
 * that cannot be read are null.
 */
final class HostRuntime implements JmespathRuntime<Object> {
  static final HostRuntime INSTANCE = new HostRuntime();

  private static final String INVENTORY_HOSTNAME = "inventory_hostname";

  /** JMESPath's null, as Java's would pass for a missing argument. */
  private enum Nothing {
    NULL
  }

  private HostRuntime() {}

  @Override
  public RuntimeType typeOf(Object value) {
    return switch (value) {
      case Host host -> RuntimeType.OBJECT;
      case Value.Fields map -> RuntimeType.OBJECT;
      case Map<?, ?> map -> RuntimeType.OBJECT;
      case Value.Items list -> RuntimeType.ARRAY;
      case List<?> list -> RuntimeType.ARRAY;
      case Value.Text text -> RuntimeType.STRING;
      case String text -> RuntimeType.STRING;
      case Value.Bool bool -> RuntimeType.BOOLEAN;
      case Boolean bool -> RuntimeType.BOOLEAN;
      case Value.Int number -> RuntimeType.NUMBER;
      case Value.Real number -> RuntimeType.NUMBER;
      case Number number -> RuntimeType.NUMBER;
      default -> RuntimeType.NULL;
    };
  }

  /** The library's own compares strings by their Java type. */
  @Override
  public boolean equal(Object a, Object b) {
    var type = typeOf(a);
    if (type != typeOf(b)) {
      return false;
    }
    return switch (type) {
      case NULL -> true;
      case STRING -> asString(a).equals(asString(b));
      case BOOLEAN -> asBoolean(a) == asBoolean(b);
      case NUMBER -> asNumber(a).doubleValue() == asNumber(b).doubleValue();
      default -> isSameCollection(a, b);
    };
  }

  private boolean isSameCollection(Object a, Object b) {
    var some = elements(a);
    var others = elements(b);
    if (some.size() != others.size()) {
      return false;
    }
    if (typeOf(a) == RuntimeType.OBJECT) {
      return some.stream().allMatch(key -> equal(value(a, key), value(b, key)));
    }
    for (var i = 0; i < some.size(); i++) {
      if (!equal(some.get(i), others.get(i))) {
        return false;
      }
    }
    return true;
  }

  @Override
  public Object createNull() {
    return Nothing.NULL;
  }

  @Override
  public Object createBoolean(boolean value) {
    return value;
  }

  @Override
  public boolean asBoolean(Object value) {
    return switch (value) {
      case Value.Bool bool -> bool.value();
      case Boolean bool -> bool;
      default -> throw invalid();
    };
  }

  @Override
  public Object createString(String value) {
    return value;
  }

  @Override
  public String asString(Object value) {
    return switch (value) {
      case Value.Text text -> text.value();
      case String text -> text;
      default -> throw invalid();
    };
  }

  @Override
  public Object createNumber(Number value) {
    return value;
  }

  @Override
  public NumberType numberType(Object value) {
    return asNumber(value) instanceof Double ? NumberType.DOUBLE : NumberType.LONG;
  }

  @Override
  public Number asNumber(Object value) {
    return switch (value) {
      case Value.Int number -> number.value();
      case Value.Real number -> number.value();
      case Double number -> number;
      case Float number -> number.doubleValue();
      case java.math.BigDecimal number -> number.doubleValue();
      case Number number -> number.longValue();
      default -> throw invalid();
    };
  }

  @Override
  public Object element(Object array, int index) {
    var elements = elements(array);
    return index < 0 || index >= elements.size() ? Nothing.NULL : elements.get(index);
  }

  @Override
  public Object value(Object object, Object key) {
    var name = asString(key);
    return switch (object) {
      case Host host when name.equals(INVENTORY_HOSTNAME) -> host.name();
      case Host host -> host.find(name).<Object>map(Located::value).orElse(Nothing.NULL);
      case Value.Fields map -> map.find(name).map(Object.class::cast).orElse(Nothing.NULL);
      case Map<?, ?> map when map.containsKey(name) -> map.get(name);
      default -> Nothing.NULL;
    };
  }

  @Override
  public int length(Object value) {
    return value instanceof Value.Text || value instanceof String
        ? asString(value).length()
        : elements(value).size();
  }

  @Override
  public Iterable<?> asIterable(Object value) {
    return elements(value);
  }

  /** The items of an array, or the keys of an object. */
  private static List<?> elements(Object value) {
    return switch (value) {
      case Value.Items list -> list.values();
      case List<?> list -> list;
      case Host host -> host.names();
      case Value.Fields map -> List.copyOf(map.fields().keySet());
      case Map<?, ?> map -> List.copyOf(map.keySet());
      default -> throw invalid();
    };
  }

  @Override
  public ArrayBuilder<Object> arrayBuilder() {
    return new Elements();
  }

  @Override
  public ObjectBuilder<Object> objectBuilder() {
    return new Members();
  }

  private static JmespathException invalid() {
    return new JmespathException(JmespathExceptionType.INVALID_TYPE, "a value of another type");
  }

  private static final class Elements implements ArrayBuilder<Object> {
    private final List<Object> elements = new ArrayList<>();

    @Override
    public void add(Object value) {
      elements.add(value);
    }

    @Override
    public void addAll(Object array) {
      elements.addAll(elements(array));
    }

    @Override
    public Object build() {
      return elements;
    }
  }

  private static final class Members implements ObjectBuilder<Object> {
    private final Map<Object, Object> members = new LinkedHashMap<>();

    @Override
    public void put(Object key, Object value) {
      members.put(INSTANCE.asString(key), value);
    }

    @Override
    public void putAll(Object object) {
      for (var key : elements(object)) {
        put(key, INSTANCE.value(object, key));
      }
    }

    @Override
    public Object build() {
      return members;
    }
  }
}
