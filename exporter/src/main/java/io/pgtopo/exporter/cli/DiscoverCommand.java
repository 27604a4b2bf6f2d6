package io.pgtopo.exporter.cli;

import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.agent.track.TrackedDrift;
import io.pgtopo.agent.words.DriftText;
import io.pgtopo.config.Config;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.config.model.Policy;
import io.pgtopo.config.settings.Settings;
import io.pgtopo.exporter.daemon.OneShot;
import io.pgtopo.exporter.discover.Discovery;
import io.pgtopo.exporter.discover.InventoryYaml;
import io.pgtopo.exporter.discover.Merge;
import io.pgtopo.exporter.discover.MergedFile;
import io.pgtopo.exporter.discover.Proposal;
import io.pgtopo.exporter.discover.ReadBack;
import io.pgtopo.exporter.discover.StartServers;
import io.pgtopo.exporter.platform.CommandFailed;
import io.pgtopo.exporter.platform.LogLevel;
import io.pgtopo.exporter.text.PatchText;
import io.pgtopo.exporter.text.Wrap;
import io.pgtopo.exporter.view.Plural;
import io.pgtopo.exporter.view.Version;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code pgtopo discover}. */
@Command(
    name = "discover",
    description =
        "Crawl along replication from any server, and print an inventory of what is found.",
    exitCodeList = {
      "0:complete; with it, diff reports no drift",
      "1:incomplete, or drift remains; comments say what",
      "2:no server answered, or bad input"
    })
final class DiscoverCommand extends Subcommand {
  private static final int COMMENT_WIDTH = 78;

  private static final String CLUSTER_NAME = "[A-Za-z0-9-]+";

  @Option(
      names = "--from",
      arity = "1..*",
      paramLabel = "SERVER",
      description =
          "Servers to start from: HOST, HOST:PORT or postgresql://user@host:port/database; one is"
              + " enough for servers that replicate from each other. With --merge, default: the"
              + " servers of that file.")
  private List<String> from = new ArrayList<>();

  @Option(
      names = "--user",
      paramLabel = "NAME",
      description = "User of the login; default: the setting connection.user.")
  private Optional<String> user = Optional.empty();

  @Option(
      names = "--name",
      paramLabel = "[SERVER=]NAME",
      description =
          "Cluster name of SERVER, or of the first server of --from; default: its cluster_name.")
  private List<String> names = new ArrayList<>();

  @Option(
      names = "--network",
      paramLabel = "NETWORK",
      description =
          "Also follow replication into this network, such as 10.1.0.0/16; default: the setting"
              + " crawl.networks, the networks around the servers of --from.")
  private List<String> networks = new ArrayList<>();

  @Option(
      names = "--merge",
      paramLabel = "FILE",
      description = "Print the changes to this inventory, as a patch that keeps its comments.")
  private Optional<Path> merged = Optional.empty();

  @Option(names = "--write", description = "With --merge, also change the file.")
  private boolean writes;

  @Mixin private SettingsOptions input = new SettingsOptions();

  @Override
  public Integer call() throws InterruptedException {
    input.log(LogLevel.QUIET);
    if (from.isEmpty() && merged.isEmpty()) {
      throw usageError("wanted --from SERVER, or --merge FILE. Found: neither");
    }
    if (writes && merged.isEmpty()) {
      throw usageError("--write needs --merge FILE, the file to change");
    }
    var environment = new HashMap<>(context().environment());
    user.ifPresent(name -> environment.put("PGTOPO_CONNECTION_USER", name));
    if (!networks.isEmpty()) {
      environment.put("PGTOPO_CRAWL_NETWORKS", String.join(",", networks));
    }
    var given = StartServers.of(from, environment);
    var settingsFile = input.settingsFile();
    var file = merged.map(it -> MergedFile.read(it, settingsFile, given.environment()));
    var named = named(given);
    // The inventory may hold the login of the monitoring user.
    var settings =
        file.map(it -> it.config().settings())
            .orElseGet(() -> Config.settings(settingsFile, given.environment()));
    var declared = file.map(it -> it.config().inventory()).orElse(new Inventory(List.of()));
    var found = Discovery.from(given, declared, settings, context(), err());
    if (found.isEmpty()) {
      throw new CommandFailed("no server answered. " + String.join("; ", found.remarks()));
    }
    return file.isPresent()
        ? merge(file.get(), found, named, settings)
        : propose(found, named, settings);
  }

  private int propose(Discovery found, Map<Endpoint, String> named, Settings settings)
      throws InterruptedException {
    var proposal = Proposal.of(found.snapshot().topology(), named);
    var remarks = new ArrayList<>(found.remarks());
    remarks.addAll(
        remaining(ReadBack.inventory(InventoryYaml.render(proposal, List.of())), settings));
    var comments =
        Stream.concat(heading(), remarks.stream().map("! "::concat))
            .flatMap(it -> Wrap.lines(it, COMMENT_WIDTH).stream())
            .toList();
    print(InventoryYaml.render(proposal, comments));
    var instances = proposal.clusters().stream().mapToInt(it -> it.instances().size()).sum();
    return conclude(
        Plural.of(proposal.clusters().size(), "cluster") + ", " + Plural.of(instances, "instance"),
        remarks);
  }

  private Stream<String> heading() {
    // A URI may hold the name of a user.
    var servers = from.stream().map(it -> it.replaceFirst("//[^@/]*@", "//")).toList();
    return Stream.of(
        "Found from %s at %s by pgtopo %s."
            .formatted(
                String.join(", ", servers),
                context().clock().instant().truncatedTo(ChronoUnit.SECONDS),
                Version.current()),
        "Values are reported by the servers, except those marked as a guess: check these.",
        "Not reported by any server: pg_role offline, pg_weight, services and passwords. Left out:"
            + " versions of extensions, and what PostgreSQL and Pigsty make themselves.");
  }

  private int merge(
      MergedFile file, Discovery found, Map<Endpoint, String> named, Settings settings)
      throws InterruptedException {
    var result =
        Merge.into(file.config().inventory(), found.snapshot().topology(), file.edit(), named);
    var remarks = new ArrayList<>(found.remarks());
    remarks.addAll(result.notes());
    remarks.addAll(remaining(file.declaring(result.text()), settings));
    var patch = PatchText.render(file.named().toString(), file.text(), result.text());
    print(patch);
    if (patch.isEmpty()) {
      return conclude("nothing to change in " + file.named(), remarks);
    }
    if (!writes) {
      return conclude(file.named() + " is not changed; --write changes it", remarks);
    }
    file.replace(result.text());
    return conclude(file.named() + " is changed", remarks);
  }

  /** Prints what remains to be said, and returns the exit status. */
  private int conclude(String result, List<String> remarks) {
    remarks.forEach(remark -> err().println("pgtopo: " + remark));
    err()
        .println(
            result
                + (remarks.isEmpty()
                    ? "; with it, diff reports no drift"
                    : "; " + Plural.of(remarks.size(), "remark")));
    return remarks.isEmpty() ? 0 : 1;
  }

  /** The drift that a new poll reports with an inventory. */
  private List<String> remaining(Inventory proposed, Settings settings)
      throws InterruptedException {
    var config =
        new Config(
            settings.inspecting(proposed.interiors()),
            proposed,
            Policy.NONE,
            Optional.empty(),
            List.of(),
            List.of());
    try (var polls = new OneShot(config, context(), err())) {
      var words = new DriftText(AddressBook.of(proposed));
      return polls.poll().drifts().stream()
          .map(TrackedDrift::drift)
          .map(drift -> "remains: " + words.sentence(drift) + advice(drift))
          .toList();
    }
  }

  private static String advice(Drift drift) {
    return drift.kind() == DriftKind.UNDECLARED_INSTANCE
        ? "; --from with its own address includes it"
        : "";
  }

  private Map<Endpoint, String> named(StartServers servers) {
    var named = new TreeMap<Endpoint, String>();
    for (var given : names) {
      var parts = given.split("=", 2);
      var name = parts[parts.length - 1];
      if (!name.matches(CLUSTER_NAME) || name.equals("root")) {
        throw usageError(
            "wanted a cluster name for --name: letters, digits and dashes, not root. Found: "
                + name);
      }
      if (parts.length == 1 && from.isEmpty()) {
        throw usageError("wanted --name SERVER=NAME with --merge. Found: " + given);
      }
      var server = parts.length == 1 ? from.getFirst() : parts[0];
      named.put(StartServers.of(List.of(server), servers.environment()).named().firstKey(), name);
    }
    return named;
  }
}
