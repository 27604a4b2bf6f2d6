package io.pgtopo.agent.live;

class Live10IT extends LiveContract {
  Live10IT() {
    super(10);
  }
}
