/**
 * YAML 1.1 as Ansible reads it: text in, a tree of values with their lines out, in bounded time and
 * memory. The only home of the YAML parser; knows nothing of inventories or settings.
 */
@NullMarked
package io.pgtopo.config.yaml;

import org.jspecify.annotations.NullMarked;
