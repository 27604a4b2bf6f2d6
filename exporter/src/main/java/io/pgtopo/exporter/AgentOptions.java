package io.pgtopo.exporter;

import java.net.URI;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Whether a command asks a running agent instead of the servers. */
final class AgentOptions {
  @Option(
      names = "--agent",
      paramLabel = "URL",
      description =
          "Ask a running agent, such as http://127.0.0.1:8432, and no server; it needs no inventory.")
  private Optional<URI> url = Optional.empty();

  /** The agent to ask; empty to look oneself. */
  Optional<AgentClient> agent() {
    return url.map(AgentClient::at);
  }
}
