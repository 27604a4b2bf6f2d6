package io.pgtopo.agent.live;

class Archive18IT extends ArchiveContract {
  Archive18IT() {
    super(18);
  }
}
