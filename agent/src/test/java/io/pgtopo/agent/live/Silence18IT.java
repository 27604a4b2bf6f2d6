package io.pgtopo.agent.live;

class Silence18IT extends SilenceContract {
  Silence18IT() {
    super(18);
  }
}
