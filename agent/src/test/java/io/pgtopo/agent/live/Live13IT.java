package io.pgtopo.agent.live;

class Live13IT extends LiveContract {
  Live13IT() {
    super(13);
  }
}
