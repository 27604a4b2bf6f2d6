package io.pgtopo.agent.live;

class Replay13IT extends ReplayContract {
  Replay13IT() {
    super(13);
  }
}
