package io.pgtopo.config.reading;

import java.util.List;
import java.util.Locale;

/**
 * One thing that is wrong or suspicious in an inventory or in the settings.
 *
 * @param file as the user named it
 * @param path where in the file, such as {@code all.children.pg-test.vars.pg_cluster}
 * @param line counted from 1; 0 if it concerns the whole file
 * @param message what is wanted and what was found; of a warning, the consequence; never a secret
 */
public record Problem(
    Code code, Severity severity, String file, String path, int line, String message) {

  /** How bad it is. */
  public enum Severity {
    /** The identity of something is unusable: nothing can be judged by it. */
    ERROR,
    /** Suspicious; the message names the consequence. */
    WARNING;

    /** Lower case. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How many are so severe. */
  public static int count(List<Problem> problems, Severity severity) {
    return (int) problems.stream().filter(problem -> problem.severity() == severity).count();
  }

  /** The kind of a problem: stable, for scripts. */
  public enum Code {
    /** A file that is not there, is no file, or is too large. */
    UNREADABLE,
    /** Not YAML, or not UTF-8. */
    SYNTAX,
    /** A map, list or scalar where Ansible or Pigsty wants something else. */
    STRUCTURE,
    /** A key given twice in one map. */
    DUPLICATE_KEY,
    /** A host range that cannot be expanded. */
    BAD_RANGE,
    /** A group that contains itself. */
    GROUP_CYCLE,
    /** Two inventories that give one variable of one group different values. */
    FILES_DISAGREE,
    /** A Jinja template where the value is needed. */
    TEMPLATE,
    /** A vault-encrypted value or file. */
    ENCRYPTED,
    /** A value outside its range or not one of its words. */
    BAD_VALUE,
    /** {@code pg_cluster}, {@code pg_seq} or {@code pg_role} is not given. */
    MISSING_IDENTITY,
    /** A name that Pigsty or PostgreSQL would refuse. */
    BAD_NAME,
    /** {@code pg_seq} is no number. */
    BAD_SEQ,
    /** {@code pg_role} is none of Pigsty's roles. */
    BAD_ROLE,
    /** Two instances of one cluster with one number. */
    DUP_SEQ,
    /** A local and a remote instance of one name. */
    DUP_INSTANCE,
    /** A cluster that declares no primary. */
    NO_PRIMARY,
    /** A cluster that declares several primaries. */
    MULTI_PRIMARY,
    /** An upstream at which nothing is declared. */
    UPSTREAM_UNKNOWN,
    /** An instance that follows itself, or a primary that follows its own cluster. */
    UPSTREAM_SELF,
    /** Instances that follow each other in a circle. */
    UPSTREAM_CYCLE,
    /** A replica whose upstream is outside its cluster. */
    UPSTREAM_FOREIGN_ON_REPLICA,
    /** A delay where Pigsty applies none. */
    DELAY_WITHOUT_UPSTREAM,
    /** The role {@code delayed}, which delays nothing. */
    DELAYED_ROLE_NO_EFFECT,
    /** Offline queries on a primary that has replicas. */
    OFFLINE_ON_PRIMARY,
    /** Two services of one cluster on one port. */
    DUP_SERVICE_PORT,
    /** Two services of one cluster with one name. */
    DUP_SERVICE,
    /** A service port that another part of the node listens on. */
    RESERVED_PORT,
    /** A selector that is no JMESPath expression. */
    BAD_SELECTOR,
    /** A service without servers. */
    EMPTY_SERVICE,
    /** A service for standbys that checks for the primary. */
    SERVICE_CHECK_DEFAULT,
    /** A check that the backup server never passes. */
    SYNC_CHECK_WITH_PRIMARY_BACKUP,
    /** Two different remote instances of one name. */
    REMOTE_DUP,
    /** Two instances at one address. */
    ENDPOINT_ALIAS,
    /** Citus mode without its shard or group. */
    CITUS_MISSING_SHARD,
    /** Two clusters of one shard with one group. */
    DUP_GROUP,
    /** Two clusters with one virtual address. */
    DUP_VIP,
    /** Members of one cluster that declare different things of the cluster. */
    MEMBERS_DISAGREE,
    /** Two databases of one cluster with one name. */
    DUP_DATABASE,
    /** Two users of one cluster with one name. */
    DUP_ROLE,
    /** A parameter that is close to a known one and means nothing. */
    UNKNOWN_PARAMETER,
    /** A parameter that Pigsty reserves and does not implement. */
    RESERVED_PARAMETER,
    /** Instances with different monitoring credentials. */
    CREDENTIALS_DIFFER,
    /** A rule or a maintenance of what is declared nowhere. */
    MATCHES_NOTHING,
    /** A setting that does not exist. */
    UNKNOWN_SETTING,
    /** Nothing to watch. */
    NO_INSTANCES
  }

  /** {@code file:line: path: message}, as compilers print it. */
  @Override
  public String toString() {
    var where = line > 0 ? file + ":" + line : file;
    return path.isEmpty() ? where + ": " + message : where + ": " + path + ": " + message;
  }
}
