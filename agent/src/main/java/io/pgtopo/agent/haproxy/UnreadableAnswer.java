package io.pgtopo.agent.haproxy;

/** What was fetched is not what an HAProxy of a version that is known answers. */
final class UnreadableAnswer extends Exception {
  private static final long serialVersionUID = 1;

  UnreadableAnswer(String why) {
    super(why);
  }

  /** Why not. */
  String why() {
    return String.valueOf(getMessage());
  }
}
