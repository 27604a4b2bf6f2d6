package io.pgtopo.config.pigsty;

import io.pgtopo.config.model.Role;
import io.pgtopo.config.model.Role.Attribute;
import io.pgtopo.config.model.Role.Membership;
import io.pgtopo.config.reading.Expected;
import io.pgtopo.config.reading.Located;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Problems;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** Reads {@code pg_users} and {@code pg_default_roles}, everything but the passwords. */
final class RoleReader {
  private final Problems problems;
  private final Fields fields;
  private final Expected expected;

  RoleReader(Problems problems) {
    this.problems = problems;
    this.fields = new Fields(problems);
    this.expected = new Expected(problems);
  }

  List<Role> read(Located list) {
    var roles = new ArrayList<Role>();
    var names = new HashSet<String>();
    for (var item : expected.list(list, "a list of users")) {
      for (var one : role(item).stream().toList()) {
        roles.add(one);
        if (!names.add(one.name())) {
          problems.warn(
              Code.DUP_ROLE,
              item.place(),
              "wanted each user once. Found: "
                  + one.name()
                  + " again; what both say differently is applied by the last one");
        }
      }
    }
    return roles;
  }

  private Optional<Role> role(Located item) {
    return expected
        .map(item, "a user: a map with a name")
        .flatMap(map -> fields.named(map, "the name of a user"))
        .map(
            name ->
                new Role(
                    name,
                    fields.state(item, "create", "absent"),
                    attributes(item),
                    fields.integer(item, "connlimit", -1, -1),
                    expiry(item),
                    memberships(item),
                    fields.parameters(item)));
  }

  private SortedSet<Attribute> attributes(Located item) {
    var attributes = new TreeSet<Attribute>();
    for (var attribute : Attribute.values()) {
      if (fields.bool(item, attribute.label(), attribute.isDefault())) {
        attributes.add(attribute);
      }
    }
    return attributes;
  }

  /** {@code expire_in} wins, as it does in Pigsty. */
  private Optional<String> expiry(Located item) {
    return fields
        .text(item, "expire_in")
        .map(days -> days + " days")
        .or(() -> fields.text(item, "expire_at"));
  }

  private List<Membership> memberships(Located item) {
    var memberships = new ArrayList<Membership>();
    for (var membership : fields.list(item, "roles")) {
      fields
          .named(membership, "the name of a role")
          .ifPresent(
              name ->
                  memberships.add(
                      new Membership(
                          name, isGranted(membership), fields.bool(membership, "admin", false))));
    }
    return memberships;
  }

  private boolean isGranted(Located membership) {
    var state = fields.text(membership, "state").orElse("grant");
    return !state.equals("revoke") && !state.equals("absent");
  }
}
