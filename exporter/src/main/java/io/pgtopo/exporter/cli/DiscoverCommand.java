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
import io.pgtopo.exporter.discover.CrawlSeeds;
import io.pgtopo.exporter.discover.Discovery;
import io.pgtopo.exporter.discover.InventoryYaml;
import io.pgtopo.exporter.discover.Merge;
import io.pgtopo.exporter.discover.MergedFile;
import io.pgtopo.exporter.discover.Proposal;
import io.pgtopo.exporter.discover.ReadBack;
import io.pgtopo.exporter.platform.CliContext;
import io.pgtopo.exporter.platform.CommandFailed;
import io.pgtopo.exporter.platform.LogLevel;
import io.pgtopo.exporter.text.PatchText;
import io.pgtopo.exporter.text.Wrap;
import io.pgtopo.exporter.view.Summary;
import io.pgtopo.exporter.view.Version;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code pgtopo discover}. */
@Command(
    name = "discover",
    description =
        "Crawl from any one server along its replication, and print an inventory of what is there.",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:all is in it, and fed back it shows no drift",
      "1:something is missing, or differs whatever is declared; comments say what",
      "2:no server answered, or bad input"
    })
final class DiscoverCommand implements Callable<Integer> {
  /** Columns of a comment. */
  private static final int COMMENT = 78;

  private static final String CLUSTER_NAME = "[A-Za-z0-9-]+";

  private final CliContext context;

  @Option(
      names = "--from",
      arity = "1..*",
      paramLabel = "SERVER",
      description =
          "Where to begin: HOST, HOST:PORT or postgresql://user@host:port/database; one member of"
              + " each group of clusters is enough. With --merge, the servers of that file unless"
              + " given.")
  private List<String> from = new ArrayList<>();

  @Option(
      names = "--name",
      paramLabel = "[SERVER=]NAME",
      description =
          "The name of the cluster of a server, of the first one of --from unless named; else"
              + " cluster_name tells it.")
  private List<String> names = new ArrayList<>();

  @Option(
      names = "--network",
      paramLabel = "NETWORK",
      description =
          "Follow replication into this network too, such as 10.1.0.0/16; unless given, as the"
              + " setting crawl.networks says: those around the servers of --from.")
  private List<String> networks = new ArrayList<>();

  @Option(
      names = "--merge",
      paramLabel = "FILE",
      description =
          "Print what is to be changed in this inventory, as a patch that keeps its comments.")
  private Optional<Path> merged = Optional.empty();

  @Option(names = "--write", description = "With --merge, change the file as well.")
  private boolean writes;

  @Mixin private SettingsOptions input = new SettingsOptions();
  @Spec private CommandSpec command = CommandSpec.create();

  DiscoverCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws InterruptedException {
    input.log(LogLevel.QUIET);
    var err = command.commandLine().getErr();
    var environment = new HashMap<>(context.environment());
    if (!networks.isEmpty()) {
      environment.put("PGTOPO_CRAWL_NETWORKS", String.join(",", networks));
    }
    checkUse();
    var given = CrawlSeeds.of(from, environment);
    var settingsFile = input.settingsFile(context);
    var file = merged.map(it -> MergedFile.read(it, settingsFile, given.environment()));
    var named = named(given);
    // The login of the monitoring user may stand in the inventory.
    var settings =
        file.map(it -> it.config().settings())
            .orElseGet(() -> Config.settings(settingsFile, given.environment()));
    var start = file.map(it -> given.with(it.config().inventory())).orElseGet(given::inventory);
    var found = Discovery.from(start, settings, context, err);
    if (found.isEmpty()) {
      throw new CommandFailed("no server answered. " + String.join("; ", found.remarks()));
    }
    return file.isPresent()
        ? merge(file.get(), found, named, settings)
        : propose(found, named, settings);
  }

  private void checkUse() {
    if (from.isEmpty() && merged.isEmpty()) {
      throw new ParameterException(
          command.commandLine(), "wanted --from SERVER, or --merge FILE. Found: neither");
    }
    if (writes && merged.isEmpty()) {
      throw new ParameterException(
          command.commandLine(), "--write changes the file that --merge names. Found: none");
    }
  }

  private int propose(Discovery found, Map<Endpoint, String> named, Settings settings)
      throws InterruptedException {
    var proposal = Proposal.of(found.snapshot().topology(), named);
    var remarks = new ArrayList<>(found.remarks());
    remarks.addAll(rest(ReadBack.inventory(InventoryYaml.render(proposal, List.of())), settings));
    return print(proposal, remarks);
  }

  private int merge(
      MergedFile file, Discovery found, Map<Endpoint, String> named, Settings settings)
      throws InterruptedException {
    var result =
        Merge.into(file.config().inventory(), found.snapshot().topology(), file.edit(), named);
    var remarks = new ArrayList<>(found.remarks());
    remarks.addAll(result.notes());
    remarks.addAll(rest(file.declaring(result.text()), settings));
    var patch = PatchText.render(file.named().toString(), file.text(), result.text());
    var line = command.commandLine();
    line.getOut().print(patch);
    line.getOut().flush();
    if (writes && !patch.isEmpty()) {
      file.replace(result.text());
    }
    remarks.forEach(remark -> line.getErr().println("pgtopo: " + remark));
    var what =
        patch.isEmpty()
            ? "nothing to change in " + file.named()
            : file.named() + (writes ? " is changed" : " is not changed; --write changes it");
    line.getErr().println(what + count(remarks));
    return remarks.isEmpty() ? 0 : 1;
  }

  private static String count(List<String> remarks) {
    return remarks.isEmpty()
        ? ", fed back no drift"
        : ", " + Summary.count(remarks.size(), "remark");
  }

  /** What differs from an inventory all the same, at another look. */
  private List<String> rest(Inventory proposed, Settings settings) throws InterruptedException {
    var err = command.commandLine().getErr();
    var config =
        new Config(settings, proposed, Policy.NONE, Optional.empty(), List.of(), List.of());
    try (var looks = OneShot.open(config, context, err)) {
      var snapshot = looks.look();
      var words = new DriftText(AddressBook.of(proposed));
      return snapshot.drifts().stream()
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

  private int print(Proposal proposal, List<String> remarks) {
    var line = command.commandLine();
    var head = new ArrayList<String>();
    head.add(
        "Found from %s at %s by pgtopo %s."
            .formatted(
                String.join(", ", from.stream().map(DiscoverCommand::unsecret).toList()),
                context.clock().instant().truncatedTo(ChronoUnit.SECONDS),
                Version.current()));
    head.add("A server tells what stands here without the word guess; check the guesses.");
    head.add(
        "No server tells pg_role offline, pg_weight, services or passwords; schemas and extensions"
            + " are not looked at.");
    remarks.forEach(remark -> head.add("! " + remark));
    line.getOut()
        .print(
            InventoryYaml.render(
                proposal, head.stream().flatMap(it -> Wrap.lines(it, COMMENT).stream()).toList()));
    line.getOut().flush();
    remarks.forEach(remark -> line.getErr().println("pgtopo: " + remark));
    var clusters = proposal.clusters();
    line.getErr()
        .println(
            Summary.count(clusters.size(), "cluster")
                + ", "
                + Summary.count(
                    clusters.stream().mapToInt(cluster -> cluster.instances().size()).sum(),
                    "instance")
                + count(remarks));
    return remarks.isEmpty() ? 0 : 1;
  }

  /** A URI may hold a user's name, which is nobody's business in a file. */
  private static String unsecret(String server) {
    return server.replaceFirst("//[^@/]*@", "//");
  }

  private Map<Endpoint, String> named(CrawlSeeds seeds) {
    var named = new TreeMap<Endpoint, String>();
    for (var given : names) {
      var parts = given.split("=", 2);
      var name = parts[parts.length - 1];
      if (!name.matches(CLUSTER_NAME) || name.equals("root")) {
        throw new ParameterException(
            command.commandLine(),
            "wanted the name of a cluster for --name: letters, digits and dashes, not root. Found: "
                + name);
      }
      if (parts.length == 1 && from.isEmpty()) {
        throw new ParameterException(
            command.commandLine(), "wanted --name SERVER=NAME with --merge. Found: " + given);
      }
      var server = parts.length == 1 ? from.getFirst() : parts[0];
      named.putAll(endpoint(server, name, seeds.environment()));
    }
    return named;
  }

  private static Map<Endpoint, String> endpoint(
      String server, String name, Map<String, String> environment) {
    var endpoints = CrawlSeeds.of(List.of(server), environment).named().keySet();
    return Map.of(endpoints.iterator().next(), name);
  }
}
