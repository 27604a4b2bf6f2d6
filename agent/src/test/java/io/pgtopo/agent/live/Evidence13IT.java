package io.pgtopo.agent.live;

class Evidence13IT extends EvidenceContract {
  Evidence13IT() {
    super(13);
  }
}
