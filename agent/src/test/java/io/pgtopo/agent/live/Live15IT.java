package io.pgtopo.agent.live;

class Live15IT extends LiveContract {
  Live15IT() {
    super(15);
  }
}
