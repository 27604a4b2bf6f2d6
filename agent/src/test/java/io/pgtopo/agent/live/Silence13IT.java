package io.pgtopo.agent.live;

class Silence13IT extends SilenceContract {
  Silence13IT() {
    super(13);
  }
}
