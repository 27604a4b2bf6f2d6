package io.pgtopo.agent.drift;

import io.pgtopo.agent.observation.LiveDatabase;
import io.pgtopo.agent.observation.LiveDatabaseRole;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.config.model.Cluster;
import java.util.List;

/** What is wrong with a database or a role, as the catalogs of the primary show it. */
public sealed interface ObjectDrift extends Drift {
  /** Where it is declared, or is not. */
  Cluster cluster();

  /** A database or a role. */
  Subject.Part.Type type();

  /** The primary whose catalogs were read. */
  LiveInstance primary();

  @Override
  default DriftKind kind() {
    var isDatabase = type() == Subject.Part.Type.DATABASE;
    return switch (this) {
      case Missing missing ->
          isDatabase ? DriftKind.DATABASE_MISSING : DriftKind.DATABASE_ROLE_MISSING;
      case Unwanted unwanted -> mismatch(type());
      case Mismatch mismatch -> mismatch(type());
      case UndeclaredDatabase undeclared -> DriftKind.DATABASE_UNDECLARED;
      case UndeclaredRole undeclared -> DriftKind.DATABASE_ROLE_UNDECLARED;
      case ManyUndeclared many ->
          isDatabase ? DriftKind.DATABASE_UNDECLARED : DriftKind.DATABASE_ROLE_UNDECLARED;
    };
  }

  /** The kind of a difference, which is also the kind of one that could not be read. */
  static DriftKind mismatch(Subject.Part.Type type) {
    return type == Subject.Part.Type.DATABASE
        ? DriftKind.DATABASE_MISMATCH
        : DriftKind.DATABASE_ROLE_MISMATCH;
  }

  @Override
  default Subject subject() {
    var name =
        switch (this) {
          case Missing missing -> missing.name;
          case Unwanted unwanted -> unwanted.name;
          case Mismatch mismatch -> mismatch.name;
          case UndeclaredDatabase undeclared -> undeclared.live.name();
          case UndeclaredRole undeclared -> undeclared.live.name();
          case ManyUndeclared many -> "";
        };
    return name.isEmpty() ? Subject.of(cluster()) : subject(cluster(), type(), name);
  }

  /** An object of a cluster. */
  static Subject subject(Cluster cluster, Subject.Part.Type type, String name) {
    return Subject.of(cluster).part(type, name);
  }

  /** It is declared, and does not exist. */
  record Missing(Cluster cluster, Subject.Part.Type type, String name, LiveInstance primary)
      implements ObjectDrift {}

  /** It is declared to be absent, and exists. */
  record Unwanted(Cluster cluster, Subject.Part.Type type, String name, LiveInstance primary)
      implements ObjectDrift {}

  /**
   * It exists, and differs from its declaration.
   *
   * @param differences field by field, at least one
   */
  record Mismatch(
      Cluster cluster,
      Subject.Part.Type type,
      String name,
      List<Difference> differences,
      LiveInstance primary)
      implements ObjectDrift {
    public Mismatch {
      differences = List.copyOf(differences);
    }
  }

  /** A database exists and is not declared. */
  record UndeclaredDatabase(Cluster cluster, LiveDatabase live, LiveInstance primary)
      implements ObjectDrift {
    @Override
    public Subject.Part.Type type() {
      return Subject.Part.Type.DATABASE;
    }
  }

  /** A role exists and is not declared. */
  record UndeclaredRole(Cluster cluster, LiveDatabaseRole live, LiveInstance primary)
      implements ObjectDrift {
    @Override
    public Subject.Part.Type type() {
      return Subject.Part.Type.ROLE;
    }
  }

  /** More exist and are not declared than are worth a drift each. */
  record ManyUndeclared(
      Cluster cluster, Subject.Part.Type type, List<String> names, LiveInstance primary)
      implements ObjectDrift {
    public ManyUndeclared {
      names = List.copyOf(names);
    }
  }
}
