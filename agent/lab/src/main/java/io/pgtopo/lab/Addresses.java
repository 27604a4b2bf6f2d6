package io.pgtopo.lab;

/** The addresses of one lab, claimed until the lab is closed. */
sealed interface Addresses extends AutoCloseable permits LoopbackAddresses, NamespaceAddresses {
  /** The next free node. */
  Node next();

  /** The port that every server of the lab listens on. */
  int port();

  /** Cuts a node off from all others and from this JVM. */
  void partition(Node node);

  /** Undoes {@link #partition}. */
  void heal(Node node);

  /** Releases the addresses; the reaper has ended the processes that used them. */
  @Override
  void close();
}
