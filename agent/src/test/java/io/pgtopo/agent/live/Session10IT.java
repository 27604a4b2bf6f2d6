package io.pgtopo.agent.live;

class Session10IT extends SessionContract {
  Session10IT() {
    super(10);
  }
}
