package io.pgtopo.config.reading;

import io.pgtopo.config.model.Labelled;
import java.util.List;

/**
 * One thing that is wrong or suspicious in an inventory or in the settings.
 *
 * @param file as the user named it
 * @param path where in the file, such as {@code all.children.pg-test.vars.pg_cluster}
 * @param line counted from 1; 0 if it concerns the whole file
 * @param message what is wanted and what was found; of a warning, the consequence; never a secret
 */
public record Problem(Code code, Level level, String file, String path, int line, String message) {

  public enum Level implements Labelled {
    /** It cannot work; if the identity of something cannot be used, the load fails. */
    ERROR,
    /** Suspicious; the message names the consequence. */
    WARNING
  }

  public static int count(List<Problem> problems, Level level) {
    return (int) problems.stream().filter(problem -> problem.level() == level).count();
  }

  /** The kind of a problem: stable, for scripts. */
  public enum Code {
    UNREADABLE("A file that does not exist, is not a file, cannot be read or is too large."),
    SYNTAX("Not YAML, not UTF-8, nested too deep, or aliases that expand to too much."),
    STRUCTURE("A map, list or scalar where Ansible or Pigsty expects something else."),
    DUPLICATE_KEY("A key given twice in one map; the last one counts."),
    BAD_RANGE("A host range that cannot be expanded."),
    GROUP_CYCLE("A group that contains itself."),
    FILES_DISAGREE("Two inventories give one variable of one group different values."),
    TEMPLATE("A Jinja template where the value is needed."),
    ENCRYPTED("A vault-encrypted value or file."),
    BAD_VALUE("A value outside its range, or not one of the allowed words."),
    MISSING_IDENTITY(
        "`pg_cluster`, `pg_seq`, `pg_role` or the address of a remote instance is missing."),
    BAD_NAME("A name that Pigsty or PostgreSQL would refuse."),
    BAD_SEQ("`pg_seq` is not a number."),
    BAD_ROLE("`pg_role` is not a role of Pigsty."),
    BAD_ADDRESS("An address that no server can have."),
    DUP_ADDRESS("Two hosts with one address, written differently."),
    TWO_CLUSTERS("A host that two groups give different clusters."),
    DUP_SEQ("Two instances of one cluster with one number."),
    DUP_INSTANCE("A remote instance with the name of a local one."),
    NO_PRIMARY("A cluster without a primary."),
    MULTI_PRIMARY("A cluster with several primaries."),
    UPSTREAM_UNKNOWN("An upstream address at which no instance is declared."),
    UPSTREAM_SELF("An instance that follows itself, or a primary that follows its own cluster."),
    UPSTREAM_CYCLE("Instances that follow each other in a cycle."),
    UPSTREAM_FOREIGN_ON_REPLICA(
        "A replica with an upstream outside its cluster, usually inherited from the group."),
    DELAY_WITHOUT_UPSTREAM("A delay that Pigsty does not apply."),
    DELAYED_ROLE_NO_EFFECT("The role `delayed`, which delays nothing."),
    OFFLINE_ON_PRIMARY("Offline queries on a primary that has standbys."),
    DUP_SERVICE_PORT("Two services of one cluster on one port."),
    DUP_SERVICE("Two services of one cluster with one name."),
    RESERVED_PORT("A service on the port of another part of the node."),
    BAD_SELECTOR(
        "A selector or backup that is not JMESPath, or returns something other than hosts."),
    EMPTY_SERVICE("A service of the cluster's own without servers."),
    SERVICE_CHECK_DEFAULT("A service for standbys whose check only the primary passes."),
    SYNC_CHECK_WITH_PRIMARY_BACKUP(
        "The check `/sync` with the primary as backup, which the primary never passes."),
    REMOTE_DUP("Two remote instances of one name at different addresses."),
    ENDPOINT_ALIAS("Two instances at one address."),
    CITUS_MISSING_SHARD("Citus mode without `pg_shard` or `pg_group`."),
    DUP_GROUP("Two clusters of one shard with one group."),
    DUP_VIP("Two clusters with one virtual address."),
    VIP_IS_MEMBER("A virtual address that is the address of a declared instance."),
    MEMBERS_DISAGREE("Members that declare different things of their cluster."),
    DUP_DATABASE("A database listed twice."),
    DUP_ROLE("A user listed twice."),
    UNKNOWN_REFERENCE(
        "An owner, a membership or a template that names nothing that the cluster declares."),
    UNKNOWN_FIELD("A field of a database, user or service whose name is close to a known one."),
    UNKNOWN_PARAMETER("An unknown parameter whose name is close to a known one."),
    RESERVED_PARAMETER("`pg_instances`, which Pigsty does not implement."),
    CREDENTIALS_DIFFER(
        "Instances with different monitoring credentials; one login is used for all."),
    NULL_VALUE("Nothing where a group has a value: to Ansible it is null, not the group's value."),
    MATCHES_NOTHING("A rule or maintenance for something that is not declared."),
    UNKNOWN_SETTING("A setting that does not exist."),
    NOT_WATCHED("A cluster that is not watched, because it has errors."),
    NO_CLUSTER("An inventory that declares no cluster."),
    NO_INSTANCES("No inventory is named, or none of its instances is on this node.");

    private final String meaning;

    Code(String meaning) {
      this.meaning = meaning;
    }

    /** What is wrong; the text of docs/configuration.md. */
    public String meaning() {
      return meaning;
    }
  }

  static String sentence(String wanted, String found) {
    return "wanted " + wanted + ". Found: " + found;
  }

  /** {@code file:line: path: message}, as compilers print it. */
  @Override
  public String toString() {
    var where = line > 0 ? file + ":" + line : file;
    return path.isEmpty() ? where + ": " + message : where + ": " + path + ": " + message;
  }
}
