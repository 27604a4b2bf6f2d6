package io.pgtopo.agent.live;

class Live17IT extends LiveContract {
  Live17IT() {
    super(17);
  }
}
