package io.pgtopo.agent.observation;

import java.util.Optional;

/**
 * A {@code synchronous_commit} that does not wait for standbys, set for sessions of a role, in a
 * database, or both: a row of {@code pg_db_role_setting}, which every role may read.
 *
 * @param role empty for all
 * @param database empty for all
 */
public record CommitOverride(Optional<String> role, Optional<String> database, String value) {}
