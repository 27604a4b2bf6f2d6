/**
 * Hosts and their variables as Ansible defines them: groups, ranges, precedence, group_vars and
 * host_vars.
 */
@NullMarked
package io.pgtopo.config.ansible;

import org.jspecify.annotations.NullMarked;
