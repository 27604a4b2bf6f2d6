package io.pgtopo.agent.live;

class Evidence18IT extends EvidenceContract {
  Evidence18IT() {
    super(18);
  }
}
