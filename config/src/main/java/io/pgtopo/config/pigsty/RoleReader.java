package io.pgtopo.config.pigsty;

import io.pgtopo.config.model.ObjectState;
import io.pgtopo.config.model.Role;
import io.pgtopo.config.model.Role.Attribute;
import io.pgtopo.config.model.Role.Membership;
import io.pgtopo.config.reading.Located;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.ValueReader;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** Reads {@code pg_users} and {@code pg_default_roles}, everything but the passwords. */
record RoleReader(ValueReader reader, ObjectFields fields) {
  private static final String NAME_WANTED = "the name of a user";

  List<Role> read(Located list) {
    return fields.distinct(list, "user", Code.DUP_ROLE, this::role, Role::name);
  }

  private Optional<Role> role(Located item) {
    return reader
        .map(item, "a user: a map with a name")
        .flatMap(this::name)
        .map(
            name ->
                new Role(
                    name,
                    fields.state(item, ObjectState.CREATE, ObjectState.ABSENT),
                    attributes(item),
                    reader
                        .integer(item, "connlimit", -1, Integer.MAX_VALUE, "a number of -1 or more")
                        .orElse(-1),
                    expiry(item),
                    memberships(item),
                    fields.parameters(item)));
  }

  /** Pigsty 0.x called it {@code username}. */
  private Optional<String> name(Located user) {
    var old = user.find("username").filter(it -> user.find("name").isEmpty());
    old.ifPresent(
        it ->
            reader
                .problems()
                .warn(
                    Code.UNKNOWN_FIELD,
                    it.place(),
                    NAME_WANTED + ", in the field name",
                    "the field username, as Pigsty 0.x had it; it is read as name"));
    if (old.or(() -> user.find("name")).isEmpty()) {
      reader
          .problems()
          .fault(Code.BAD_NAME, user.placeOf("name"), NAME_WANTED, "nothing; it is left out");
      return Optional.empty();
    }
    return fields.named(old.orElse(user), NAME_WANTED);
  }

  private SortedSet<Attribute> attributes(Located item) {
    var attributes = new TreeSet<Attribute>();
    for (var attribute : Attribute.values()) {
      if (reader.bool(item, attribute.label(), attribute.isDefault())) {
        attributes.add(attribute);
      }
    }
    return attributes;
  }

  /** {@code expire_in} wins, as it does in Pigsty. */
  private Optional<String> expiry(Located item) {
    return reader
        .textAt(item, "expire_in")
        .map(days -> days + " days")
        .or(() -> reader.textAt(item, "expire_at"));
  }

  private List<Membership> memberships(Located item) {
    return reader.list(item, "roles", "a list").stream()
        .flatMap(membership -> membership(membership).stream())
        .toList();
  }

  private Optional<Membership> membership(Located item) {
    return fields
        .named(item, "the name of a role")
        .map(name -> new Membership(name, isGranted(item), reader.bool(item, "admin", false)));
  }

  private boolean isGranted(Located membership) {
    var state = reader.textAt(membership, "state").orElse("grant");
    return !state.equals("revoke") && !state.equals("absent");
  }
}
