package io.pgtopo.agent.live;

class Restart13IT extends RestartContract {
  Restart13IT() {
    super(13);
  }
}
