/** Stories: clusters described in YAML, phase by phase, with what pgtopo must report. */
@NullMarked
package io.pgtopo.agent.story;

import org.jspecify.annotations.NullMarked;
