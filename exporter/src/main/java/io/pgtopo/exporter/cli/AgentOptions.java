package io.pgtopo.exporter.cli;

import io.pgtopo.exporter.client.AgentClient;
import io.pgtopo.exporter.client.AgentLogin;
import io.pgtopo.exporter.platform.CliContext;
import io.pgtopo.exporter.platform.Progress;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Whether a command asks a running agent instead of the servers, and how it logs in there. */
final class AgentOptions {
  @Option(
      names = "--agent",
      paramLabel = "URL",
      description =
          "Ask a running agent, such as http://127.0.0.1:8432, and no server; it needs no"
              + " inventory.")
  private Optional<URI> url = Optional.empty();

  @Option(
      names = "--agent-user",
      paramLabel = "NAME",
      description = "Who asks it, if it asks for a login; else PGTOPO_AGENT_USER.")
  private Optional<String> user = Optional.empty();

  @Option(
      names = "--agent-password-file",
      paramLabel = "FILE",
      description =
          "Holds the password in its first line; else PGTOPO_AGENT_PASSWORD_FILE or"
              + " PGTOPO_AGENT_PASSWORD.")
  private Optional<Path> passwordFile = Optional.empty();

  @Option(
      names = "--agent-ca",
      paramLabel = "FILE",
      description =
          "Certificates that its TLS is checked against, in PEM; else PGTOPO_AGENT_CA, else those"
              + " of the system.")
  private Optional<Path> rootCertificate = Optional.empty();

  /** The agent to ask; empty to look oneself. */
  Optional<AgentClient> agent(CliContext context, PrintWriter err) {
    return url.map(
        at ->
            AgentClient.at(
                at,
                AgentLogin.of(user, passwordFile, rootCertificate, context.environment()),
                () -> Progress.start(context.screen(), err, "asking " + at)));
  }
}
