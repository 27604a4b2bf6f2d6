package io.pgtopo.agent.live;

class Live18IT extends LiveContract {
  Live18IT() {
    super(18);
  }
}
