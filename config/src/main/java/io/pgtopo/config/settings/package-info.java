/** The agent's own settings: pgtopo.yml, web configuration, maintenance file, environment. */
@NullMarked
package io.pgtopo.config.settings;

import org.jspecify.annotations.NullMarked;
