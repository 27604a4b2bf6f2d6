package io.pgtopo.agent;

import io.pgtopo.agent.observation.InstanceFacts;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Facts in which one random value is one that no server reports, or none at all. */
final class Poison {
  private final Random random;

  Poison(Random random) {
    this.random = random;
  }

  /** Facts with one poisoned value; empty if the type of the value refuses it. */
  Optional<InstanceFacts> in(InstanceFacts facts) {
    try {
      return Optional.ofNullable((InstanceFacts) poisoned(facts));
    } catch (InvocationTargetException refused) {
      return Optional.empty();
    } catch (ReflectiveOperationException impossible) {
      throw new LinkageError(impossible.getMessage(), impossible);
    }
  }

  private @Nullable Object poisoned(Object value) throws ReflectiveOperationException {
    return switch (value) {
      case Record row when random.nextInt(8) > 0 -> row(row);
      case Optional<?> it when it.isPresent() && random.nextInt(4) > 0 ->
          Optional.ofNullable(poisoned(it.get()));
      case List<?> it when !it.isEmpty() -> list(it);
      case Instant it -> random.nextBoolean() ? Instant.MAX : Instant.MIN;
      case Duration it -> Duration.ofSeconds(random.nextBoolean() ? Long.MAX_VALUE : -1);
      case Integer it -> random.nextBoolean() ? Integer.MAX_VALUE : Integer.MIN_VALUE;
      case Long it -> random.nextBoolean() ? Long.MAX_VALUE : Long.MIN_VALUE;
      default -> null;
    };
  }

  private List<Object> list(List<?> rows) throws ReflectiveOperationException {
    var copy = new ArrayList<Object>(rows);
    var at = random.nextInt(copy.size());
    var row = poisoned(copy.get(at));
    if (row == null || random.nextInt(3) == 0) {
      copy.add(copy.get(at));
    } else {
      copy.set(at, row);
    }
    return copy;
  }

  private Record row(Record row) throws ReflectiveOperationException {
    var components = row.getClass().getRecordComponents();
    var values = new @Nullable Object[components.length];
    for (var i = 0; i < values.length; i++) {
      var accessor = components[i].getAccessor();
      accessor.setAccessible(true);
      values[i] = accessor.invoke(row);
    }
    if (values.length > 0) {
      var at = random.nextInt(values.length);
      var other = poisoned(values[at]);
      values[at] = other == null && components[at].getType().isPrimitive() ? values[at] : other;
    }
    var constructor =
        row.getClass()
            .getDeclaredConstructor(
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
    constructor.setAccessible(true);
    return constructor.newInstance(values);
  }
}
