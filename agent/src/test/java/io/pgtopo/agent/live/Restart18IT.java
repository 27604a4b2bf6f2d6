package io.pgtopo.agent.live;

class Restart18IT extends RestartContract {
  Restart18IT() {
    super(18);
  }
}
