package io.pgtopo.exporter.cli;

import io.pgtopo.exporter.client.AgentClient;
import io.pgtopo.exporter.client.AgentLogin;
import io.pgtopo.exporter.platform.CliContext;
import io.pgtopo.exporter.platform.MessageOutput;
import io.pgtopo.exporter.platform.ProgressLine;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Whether a command queries a running agent instead of the servers, and how it logs in. */
final class AgentOptions {
  @Option(
      names = "--agent",
      paramLabel = "URL",
      description =
          "Query a running agent, such as http://127.0.0.1:8432, instead of the servers; needs no"
              + " inventory.")
  private Optional<URI> url = Optional.empty();

  @Option(
      names = "--agent-user",
      paramLabel = "NAME",
      description = "User name, if the agent requires a login; default: PGTOPO_AGENT_USER.")
  private Optional<String> user = Optional.empty();

  @Option(
      names = "--agent-password-file",
      paramLabel = "FILE",
      description =
          "File with the password in its first line; default: PGTOPO_AGENT_PASSWORD_FILE or"
              + " PGTOPO_AGENT_PASSWORD.")
  private Optional<Path> passwordFile = Optional.empty();

  @Option(
      names = "--agent-ca",
      paramLabel = "FILE",
      description =
          "CA certificates in PEM that verify the agent's; default: PGTOPO_AGENT_CA, then those of"
              + " the system.")
  private Optional<Path> rootCertificate = Optional.empty();

  /** The agent to query; empty to poll the servers. */
  Optional<AgentClient> agent(CliContext context, MessageOutput err) {
    return url.map(
        at ->
            AgentClient.at(
                at,
                AgentLogin.of(user, passwordFile, rootCertificate, context.environment()),
                () -> ProgressLine.start(context.screen(), err, "querying " + at)));
  }
}
