package io.pgtopo.agent.live;

class Refusal13IT extends RefusalContract {
  Refusal13IT() {
    super(13);
  }
}
