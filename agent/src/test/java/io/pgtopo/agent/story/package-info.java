/** Stories: clusters told in YAML, phase by phase, with what pgtopo must say of them. */
@NullMarked
package io.pgtopo.agent.story;

import org.jspecify.annotations.NullMarked;
