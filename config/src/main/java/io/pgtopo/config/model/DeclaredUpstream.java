package io.pgtopo.config.model;

/** What an instance is declared to follow: {@code pg_upstream}, resolved. */
public sealed interface DeclaredUpstream {

  /** No upstream: the primary of an ordinary cluster, or a remote instance. */
  record None() implements DeclaredUpstream {}

  /** The leader of its own cluster: a replica without an upstream of its own. */
  record ClusterLeader() implements DeclaredUpstream {}

  /** Another member of its own cluster: a cascading replica. */
  record Member(Endpoint endpoint) implements DeclaredUpstream {}

  /** A server outside its own cluster: the upstream of a standby cluster. */
  record Outside(Endpoint endpoint) implements DeclaredUpstream {}
}
