package io.pgtopo.agent.live;

class Replay18IT extends ReplayContract {
  Replay18IT() {
    super(18);
  }
}
