package io.pgtopo.config.model;

/** Whom an instance is declared to follow. The reader resolves {@code pg_upstream} to this. */
public sealed interface DeclaredUpstream {

  /** Nobody: the primary of an ordinary cluster, or a remote instance without a declared role. */
  record None() implements DeclaredUpstream {}

  /** Whoever leads its own cluster: a replica without an upstream of its own. */
  record ClusterLeader() implements DeclaredUpstream {}

  /** This member of its own cluster: a cascading replica. */
  record Member(Endpoint endpoint) implements DeclaredUpstream {}

  /** A server outside its own cluster: the leader of a standby cluster declares one. */
  record Outside(Endpoint endpoint) implements DeclaredUpstream {}
}
