package io.pgtopo.lab;

/** The addresses of one lab, claimed until the lab is closed. */
sealed interface Addresses extends AutoCloseable permits LoopbackAddresses, NamespaceAddresses {
  LabNode next();

  /** The port that every server of the lab listens on. */
  int port();

  /** Cuts a node off from all others and from this JVM. */
  void partition(LabNode node);

  void heal(LabNode node);

  /** Releases the addresses; the reaper has ended the processes that used them. */
  @Override
  void close();
}
